import { hash as hashOf } from 'node:crypto';
import { claimsOfPlan, type ClaimsOfPlan } from '../lower/claims-of-plan.ts';
import { ChosenTexts } from '../lower/chosen-texts.ts';
import type { FragmentTexts } from '../lower/fragment-texts.ts';
import type { MissingContext } from '../lower/lowering.ts';
import type { DynamicValue, Model } from '../model/model.ts';
import { Access } from '../planner/access.ts';
import { holds, testKey } from '../planner/claim-tests.ts';
import { readClaim, readContext, type ClaimValue } from '../planner/claims.ts';
import type { Plan } from '../planner/plan.ts';
import { withMasks } from '../planner/masks.ts';
import { planQuery, type PlanSetting } from '../planner/plan-query.ts';
import { decodeQuery } from '../planner/decode-query.ts';
import { QueryError } from '../planner/query-error.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import { UserNames } from '../planner/user-names.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import { checkAsked } from '../planner/check-asked.ts';
import { bindParameters } from './bind-parameters.ts';
import { BoundedCache } from './bounded-cache.ts';
import { GeneratedSql } from './generated-sql.ts';
import { claimKey, shapeOf } from './claim-shape.ts';
import { refuseSeveralDataSources } from './one-data-source.ts';
import { queryText } from './query-text.ts';
import { makeStatement, type Statement } from './statement.ts';

/** A query's plan, with its branches: one for each way in which the tests of claims turned out. */
interface PlannedQuery extends ClaimsOfPlan {
  readonly plan: Plan;
  /** With the members that stand for masked ones. */
  readonly model: Model;
  readonly branches: Map<string, PlannedBranch>;
}

/** What is wrong with a query, at a time: what relative dates mean changes. */
interface Refused {
  readonly error: QueryError;
  /** Minutes since 1970. */
  readonly minute: number;
}

/** What a plan reads in the branches that hold, and its statements: one for each shape of a context. */
interface PlannedBranch extends ClaimsOfPlan {
  readonly plan: Plan;
  readonly model: Model;
  readonly chosen: ChosenTexts;
  readonly statements: Map<string, Statement | QueryError>;
}

/** What a schema is compiled with that decides how its queries are planned. */
type PlanOptions = Omit<PlanSetting, 'access' | 'now' | 'lexical' | 'trustsFilters'> & {
  readonly dialect: Dialect;
};

/** Who asks. */
export interface UserSetting {
  readonly securityContext: unknown;
  /** null: those of the claim. */
  readonly groups: ReadonlySet<string> | null;
}

export interface GenerateSetting extends UserSetting {
  readonly dialect: Dialect;
  readonly missingContext: MissingContext;
  readonly barrier: boolean;
  readonly now: number;
  /** What the caller asked, where the query is more than that; undefined: the query is the caller's. */
  readonly askedQuery?: unknown;
}

/** Longer queries are planned each time: their text would fill the cache. */
const longestKey = 32_768;
const cacheBytes = 32_000_000;
const refusedBytes = 4_000_000;
/** What a planned query with its statements is taken to weigh beside its key. */
const plannedBytes = 16_000;
/** A shape beyond these (lists of many lengths) is printed each time. */
const mostShapes = 64;
/** Ways in which the tests of one plan have turned out, beyond which nothing is kept. */
const mostBranches = 16;

/** A query that is not remembered. */
interface QueryToPlan {
  readonly text: string;
  readonly key: string;
  readonly now: number;
  readonly trustsFilters: boolean;
}

/** Turns queries into statements for one compiled schema; remembers plans and texts, never a context. */
export class SqlGenerator {
  readonly #model: Model;
  readonly #fragments: FragmentTexts;
  readonly #options: PlanOptions;
  readonly #plans = new BoundedCache<PlannedQuery>(cacheBytes);
  readonly #refused = new BoundedCache<Refused>(refusedBytes);

  constructor(model: Model, fragments: FragmentTexts, options: PlanOptions) {
    this.#model = model;
    this.#options = options;
    this.#fragments = fragments;
  }

  /** Errors name what this user may see. */
  generate(query: unknown, setting: GenerateSetting): GeneratedSql {
    const access = this.#access(setting);
    return this.#told(access, () => this.#generate(query, setting, access));
  }

  #generate(query: unknown, setting: GenerateSetting, access: Access): GeneratedSql {
    const planned = this.#planned(query, setting, access);
    const context = contextOf(planned, setting);
    const branch = this.#branch(planned, context);
    const values = new Map<string, ClaimValue>();
    for (const path of branch.claims) values.set(claimKey(path), readClaim(context, path));
    const claim = (path: readonly string[]): ClaimValue => values.get(claimKey(path))!;
    const statement = this.#statement(branch, claim, values, setting);
    const params = bindParameters(statement.parameters, claim, setting.dialect);
    const total = statement.total && {
      statement: statement.total,
      params: bindParameters(statement.total.parameters, claim, setting.dialect),
    };
    return new GeneratedSql(statement, params, setting.dialect, total);
  }

  /** The one data source that a query is answered from. */
  dataSource(
    query: unknown,
    setting: Pick<GenerateSetting, 'now' | 'askedQuery'>,
    user: UserSetting | null,
  ): string {
    const access = user && this.#access(user);
    const [dataSource] = this.#told(access, () =>
      this.#planned(query, setting, access),
    ).dataSources.keys();
    return dataSource ?? 'default';
  }

  /** Values of the schema that have to be evaluated for this user before the query can be answered. */
  dynamicValues(query: unknown, setting: GenerateSetting): readonly DynamicValue[] {
    const access = this.#access(setting);
    return this.#told(access, () => {
      const planned = this.#planned(query, setting, access);
      return planned.dynamic.length === 0
        ? []
        : this.#branch(planned, contextOf(planned, setting)).dynamic;
    });
  }

  clear(): void {
    this.#plans.clear();
    this.#refused.clear();
  }

  /** An error as this user may read it. */
  #told<T>(access: Access | null, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw errorFor(error, new UserNames(this.#model, access));
    }
  }

  #access({ securityContext, groups }: UserSetting): Access {
    return new Access(this.#model, readContext(securityContext, false), groups);
  }

  /** @param access null: for anybody; a plan that is never made a statement. */
  #planned(
    query: unknown,
    { now, askedQuery }: Pick<GenerateSetting, 'now' | 'askedQuery'>,
    access: Access | null,
  ): PlannedQuery {
    const text = queryText(query);
    const trustsFilters = askedQuery !== undefined;
    if (trustsFilters) {
      // Whatever is hidden in the query beyond this, the caller has not written.
      const asked: unknown = JSON.parse(queryText(askedQuery));
      checkAsked(this.#model, decodeQuery(asked), access);
    }
    const who = access === null ? 'anybody' : access.outcome;
    const key = `${trustsFilters ? 'trusted ' : ''}${who} ${text}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const minute = Math.floor(now / 60_000);
    const refusedKey = key.length > longestKey ? hashOf('sha256', key) : key;
    const refused = this.#refused.get(refusedKey);
    if (refused?.minute === minute) throw refused.error;
    try {
      return this.#plan({ text, key, now, trustsFilters }, access);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      const weight = (refusedKey.length + error.message.length * 2) * 2;
      this.#refused.set(refusedKey, { error, minute }, weight);
      throw error;
    }
  }

  #plan({ text, key, now, trustsFilters }: QueryToPlan, access: Access | null): PlannedQuery {
    // What is planned is what the text says, whatever a live object answers when it is read again.
    const plan = planQuery(this.#model, decodeQuery(JSON.parse(text)), {
      ...this.#options,
      lexical: this.#options.dialect.lexical,
      access,
      now,
      trustsFilters,
    });
    const model = withMasks(this.#model, plan.masked ?? []);
    const planned = { plan, model, ...claimsOfPlan(plan, model), branches: new Map() };
    refuseSeveralDataSources(planned.dataSources);
    if (text.length <= longestKey && !plan.relativeDates) {
      this.#plans.set(key, planned, text.length * 2 + plannedBytes);
    }
    return planned;
  }

  /** The tests are answered for this user; their answers, not the claims, choose what is shared. */
  #branch(planned: PlannedQuery, context: object): PlannedBranch {
    const answers = planned.tests.map((test) => holds(test, context));
    const outcome = answers.map((answer) => (answer ? '1' : '0')).join('');
    const known = planned.branches.get(outcome);
    if (known) return known;
    const byTest = new Map(planned.tests.map((test, index) => [testKey(test), answers[index]!]));
    const chosen = new ChosenTexts((test) => byTest.get(testKey(test))!);
    const { plan, model } = planned;
    const { claims, tests, dynamic, unsafe, dataSources } =
      planned.tests.length > 0 ? claimsOfPlan(plan, model, chosen) : planned;
    const read = { claims, tests, dynamic, unsafe, dataSources };
    const branch = {
      plan,
      model,
      chosen,
      ...read,
      statements: new Map<string, Statement | QueryError>(),
    };
    if (planned.branches.size < mostBranches) planned.branches.set(outcome, branch);
    return branch;
  }

  #statement(
    planned: PlannedBranch,
    claim: (path: readonly string[]) => ClaimValue,
    values: ReadonlyMap<string, ClaimValue>,
    setting: GenerateSetting,
  ): Statement {
    const { dialect, missingContext, barrier } = setting;
    const shape = `${dialect.name} ${missingContext} ${barrier} ${shapeOf(values)}`;
    const known = planned.statements.get(shape);
    if (known instanceof QueryError) throw known;
    if (known) return known;
    const statement = statementOrRefusal(() =>
      makeStatement(planned.plan, {
        model: planned.model,
        dialect,
        fragments: this.#fragments,
        chosen: planned.chosen,
        claim,
        missingContext,
        now: setting.now,
        barrier,
      }),
    );
    if (!planned.unsafe && planned.statements.size < mostShapes) {
      planned.statements.set(shape, statement);
    }
    if (statement instanceof QueryError) throw statement;
    return statement;
  }
}

function errorFor(error: unknown, names: UserNames): unknown {
  if (error instanceof QueryError) return QueryError.seenBy(error, names);
  return error instanceof SecurityContextError ? SecurityContextError.seenBy(error, names) : error;
}

function statementOrRefusal(make: () => Statement): Statement | QueryError {
  try {
    return make();
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

/** A context may be missing where nothing reads it. */
function contextOf(planned: ClaimsOfPlan, { securityContext }: GenerateSetting): object {
  const { claims, tests, dynamic } = planned;
  return readContext(securityContext, claims.length + tests.length + dynamic.length > 0);
}
