import type { ClaimTest } from '../core/claim-test.ts';
import { assertNever } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import { fragmentsOf, innerPieces, sourceFragment } from '../model/fragments-of.ts';
import { dynamicKey } from '../model/link-dynamic.ts';
import type { Cube, DynamicValue, FragmentPiece, Model } from '../model/model.ts';
import { testKey } from '../planner/claim-tests.ts';
import type { Condition } from '../planner/condition.ts';
import type { JoinNode, Plan, PlanNode } from '../planner/plan.ts';
import { isFixedShape } from '../planner/policy-leaf.ts';
import { findMember } from '../planner/references.ts';
import type { ChosenTexts } from './chosen-texts.ts';

/**
 * Every claim that the statement of a plan can read, in a fixed order: together with the query and
 * the dialect their states decide the text of the statement. `chosen`: in those branches alone.
 */
export function claimsOfPlan(plan: Plan, model: Model, chosen?: ChosenTexts): ClaimsOfPlan {
  const collector = new ClaimCollector(plan, model, chosen);
  collector.node(plan.root);
  for (const column of plan.columns) collector.member(column.member);
  for (const occurrence of plan.occurrences) collector.member(occurrence.member);
  for (const { shown } of plan.masked ?? []) shown.forEach(({ rows }) => collector.policy(rows));
  const { claims, tests, dynamic, unsafe, dataSources } = collector;
  return {
    claims: [...claims.values()],
    tests: [...tests.values()],
    dynamic: [...dynamic.values()],
    unsafe,
    dataSources,
  };
}

/** Whether what a cube's own source gives depends on the user: sources inside it aside. */
export function sourceDependsOnUser(cube: Cube, plan: Plan, model: Model): boolean {
  const collector = new ClaimCollector(plan, model, undefined);
  collector.ownSource(cube);
  const { claims, tests, dynamic } = collector;
  const isRestricted = collector.rowsOf(cube) !== 'all';
  const isEvaluated = sourceFragment(cube).evaluated === true;
  return isRestricted || isEvaluated || claims.size + tests.size + dynamic.size > 0;
}

export interface ClaimsOfPlan {
  readonly claims: readonly (readonly string[])[];
  /** Tests that choose between branches; none once those have been chosen. */
  readonly tests: readonly ClaimTest[];
  /** Values that have to be evaluated for the user before there can be a statement. */
  readonly dynamic: readonly DynamicValue[];
  /** Whether the statement can depend on a claim's value (`unsafeValue`), or on the time at which a policy is read. */
  readonly unsafe: boolean;
  /** The data sources that the statement reads, each with the first cube that is in it. */
  readonly dataSources: ReadonlyMap<string, string>;
}

class ClaimCollector {
  unsafe = false;
  readonly claims = new Map<string, readonly string[]>();
  readonly dataSources = new Map<string, string>();
  readonly tests = new Map<string, ClaimTest>();
  readonly dynamic = new Map<string, DynamicValue>();
  readonly #model: Model;
  readonly #chosen: ChosenTexts | undefined;
  readonly #seen = new Set<string>();

  readonly #access: Plan['access'];
  readonly #occurrences: ReadonlyMap<MemberPath, MemberPath>;

  constructor(plan: Plan, model: Model, chosen: ChosenTexts | undefined) {
    this.#access = plan.access;
    this.#occurrences = new Map(plan.occurrences.map(({ name, member }) => [name, member]));
    this.#model = model;
    this.#chosen = chosen;
  }

  node(node: PlanNode): void {
    switch (node.kind) {
      case 'scan':
        return this.#source(node.cube);
      case 'join':
        return this.#join(node);
      case 'own-rows':
        this.node(node.keys.input);
        node.keys.keys.forEach((key) => this.member(key));
        return this.node(node.rows);
      case 'windows':
        node.rows.forEach((condition) => this.#condition(condition));
        return this.node(node.input);
      case 'grid':
        return node.beside ? this.node(node.beside.rows) : undefined;
      case 'combine':
        return node.parts.forEach((part) => this.node(part));
      case 'filter':
      case 'group-filter':
        node.conditions.forEach((condition) => this.#condition(condition));
        return this.node(node.input);
      case 'stages':
        node.stages.flat().forEach(({ measure }) => this.member(measure.member));
        return this.node(node.input);
      case 'regroup':
      case 'aggregate':
        node.measures.forEach((column) => this.member(column.member));
        return this.node(node.input);
      case 'project':
      case 'running-totals':
      case 'sort':
      case 'limit':
        return this.node(node.input);
      default:
        return assertNever(node);
    }
  }

  member(path: MemberPath): void {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const found = findMember(this.#model, path);
    if (!found) return;
    const { cube, member } = found;
    for (const fragment of fragmentsOf(member)) this.#pieces(fragment.pieces);
    for (const key of cube.primaryKeys) {
      if (member.kind === 'measure' && !member.sql) this.member(`${cube.name}.${key}`);
    }
  }

  #join({ input, joins, subQueries }: JoinNode): void {
    for (const step of subQueries) this.node(step.groups);
    this.#source(input.cube);
    for (const { from, cube } of joins) {
      this.#source(cube);
      const source = this.#model.cubes.get(from.slice(from.lastIndexOf('.') + 1));
      const join = source?.joins.find((item) => item.target === cube);
      this.#pieces(join?.sql.pieces ?? []);
    }
  }

  #condition(condition: Condition): void {
    if ('items' in condition) condition.items.forEach((item) => this.#condition(item));
    else if ('member' in condition) this.member(condition.member);
    else if (condition.kind === 'policy') this.policy(condition.filter);
  }

  policy(filter: PolicyFilter): void {
    if (filter.kind !== 'member') return filter.items.forEach((item) => this.policy(item));
    const path = this.#occurrences.get(filter.member) ?? filter.member;
    this.member(path);
    const member = findMember(this.#model, path)?.member;
    const type = member?.kind === 'dimension' ? member.type : 'time';
    this.unsafe ||= !isFixedShape(filter, type);
    for (const value of filter.values) if (value.kind === 'claim') this.#claim(value.claim);
  }

  #source(name: string): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const cube = this.#model.cubes.get(name);
    if (!cube) return;
    if (!this.dataSources.has(cube.dataSource)) this.dataSources.set(cube.dataSource, name);
    this.ownSource(cube, true);
    const rows = this.rowsOf(cube);
    if (rows !== 'all') this.policy(rows);
  }

  ownSource(cube: Cube, withInner = false): void {
    const { pieces } = sourceFragment(cube);
    this.#pieces(withInner ? pieces : pieces.filter(({ kind }) => kind !== 'source'));
  }

  rowsOf({ name }: Cube): PolicyFilter | 'all' {
    return this.#access.find((item) => item.cube === name)?.rows ?? 'all';
  }

  #pieces(pieces: readonly FragmentPiece[]): void {
    for (const piece of this.#chosen?.of(pieces) ?? pieces) this.#piece(piece);
  }

  #piece(piece: FragmentPiece): void {
    switch (piece.kind) {
      case 'text':
      case 'cube':
      case 'placeholder':
      case 'literal':
      case 'argument':
        return;
      case 'member':
        return this.member(piece.path);
      case 'source':
        return this.#source(piece.cube);
      case 'filter':
        this.#claim(piece.claim);
        return this.#inner(piece);
      case 'unsafe':
        this.unsafe = true;
        return this.#claim(piece.claim);
      case 'claim':
        return this.#claim(piece.claim);
      case 'dynamic':
        this.dynamic.set(dynamicKey(piece), piece);
        return;
      case 'conditional':
        this.tests.set(testKey(piece.test), piece.test);
        return this.#inner(piece);
      case 'list':
      case 'query-filter':
      case 'local-time':
        return this.#inner(piece);
      default:
        return assertNever(piece);
    }
  }

  #inner(piece: FragmentPiece): void {
    for (const pieces of innerPieces(piece)) this.#pieces(pieces);
  }

  #claim(claim: readonly string[]): void {
    this.claims.set(JSON.stringify(claim), claim);
  }
}
