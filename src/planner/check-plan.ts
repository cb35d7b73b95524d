import { invariant } from '../core/invariant.ts';
import { ownerOf } from '../core/names.ts';
import type { Condition } from './condition.ts';
import type { Model } from '../model/model.ts';
import type { Access } from './access.ts';
import type {
  AggregateNode,
  CombineNode,
  GroupsNode,
  JoinNode,
  Occurrence,
  OwnRowsNode,
  Plan,
  PlanColumn,
  PlanNode,
  RegroupNode,
  RowsNode,
  StagesNode,
  SubQueryStep,
} from './plan.ts';
import { checkMasks } from './check-masks.ts';
import { stagePartsOf } from './check-stage.ts';
import { checkOrder } from './order-joins.ts';
import { cubesOfPlan } from './plan-joins.ts';
import { findMember } from './references.ts';
import { isComposed, measuresIn } from './split-measures.ts';

/**
 * Holds every plan to what makes its rows right: each join is declared, and has its cardinality;
 * each measure is aggregated exactly once, over rows that hold each row of its cube at most once in a
 * group; every column of the result is made once. Row filters stand in the sources that are scanned.
 */
export function checkPlan(plan: Plan, model: Model, access: Access | null): void {
  const occurrences = new Map(plan.occurrences.map((item) => [item.name, item]));
  const made = new PlanCheck(plan.rows, occurrences, model).body(plan.root);
  if (access !== null) checkMasks(plan, model, access);
  const shown = new Set(plan.access.map((item) => item.cube));
  for (const cube of cubesOfPlan(plan.root)) {
    const isRestricted = model.cubes.get(cube)!.accessPolicies.length > 0;
    const isSaid = !isRestricted || shown.has(cube) || access === null;
    invariant(isSaid, `nothing says which rows of ${cube} are shown`);
  }
  const keys = made.map(keyOf);
  invariant(new Set(keys).size === keys.length, 'a column is made twice');
  invariant(plan.columns.length === keys.length, 'a plan makes exactly its columns');
  for (const column of plan.columns) {
    invariant(keys.includes(keyOf(column)), `nothing makes the column ${keyOf(column)}`);
  }
}

class PlanCheck {
  readonly #model: Model;
  readonly #occurrences: ReadonlyMap<string, Occurrence>;
  readonly #policies: readonly Condition[];

  /** @param rows what is asked of the rows, policies of views among it. */
  constructor(
    rows: readonly Condition[],
    occurrences: ReadonlyMap<string, Occurrence>,
    model: Model,
  ) {
    this.#model = model;
    this.#policies = rows.filter((item) => item.kind === 'policy');
    this.#occurrences = occurrences;
  }

  /** The columns that the plan makes below its order and limit. */
  body(node: PlanNode): readonly PlanColumn[] {
    switch (node.kind) {
      case 'limit':
      case 'sort':
        return this.body(node.input);
      case 'project':
        this.#filtered(node.input);
        invariant(
          node.columns.every((column) => column.kind !== 'measure'),
          'a measure is not aggregated',
        );
        return node.columns;
      case 'aggregate':
      case 'combine':
      case 'regroup':
      case 'stages':
      case 'group-filter':
      case 'running-totals':
        return this.groups(node);
      default:
        invariant(false, `${node.kind} makes no columns`);
    }
  }

  groups(node: GroupsNode): readonly PlanColumn[] {
    switch (node.kind) {
      case 'aggregate':
        return this.#aggregate(node);
      case 'combine':
        return this.#combine(node);
      case 'regroup':
        return this.#regroup(node);
      case 'stages':
        return this.#stages(node);
      default:
        return this.groups(node.input);
    }
  }

  #aggregate({ input, groups, measures }: AggregateNode): readonly PlanColumn[] {
    const grain = this.#filtered(input);
    const below = groupsBelow(input) ?? groups;
    const [under, here] = [below, groups].map((list) => list.map(keyOf).sort().join());
    invariant(under === here, 'rows are grouped by other columns than those below');
    const counted = input.kind === 'own-rows' ? input.keys.input : input;
    if (counted.kind === 'windows' && counted.along !== null) {
      const isGrouped = groups.includes(counted.along.column);
      invariant(isGrouped, 'rows of several windows stand in one group');
    }
    for (const { member } of measures) {
      const measure = this.#measure(member);
      invariant(!isComposed(measure, this.#model), `${member} is of several grains`);
      invariant(
        ownerOf(measure.path) === grain,
        `${member} is aggregated at the grain of ${grain}`,
      );
    }
    return [...groups, ...measures];
  }

  #combine({ parts, groups, measures }: CombineNode): readonly PlanColumn[] {
    const made = new Set<string>();
    for (const part of parts) {
      this.groups(part);
      invariant(sameColumns(part.groups, groups), 'parts of other groups are combined');
      for (const { member } of part.measures) {
        invariant(!made.has(member), `${member} is aggregated twice`);
        made.add(member);
      }
    }
    const demand = (member: PlanColumn['member']): void => {
      if (made.has(member)) return;
      const measure = this.#measure(member);
      invariant(isComposed(measure, this.#model), `${member} is not aggregated`);
      for (const part of measuresIn(measure, this.#model)) demand(part.path);
    };
    for (const { member } of measures) demand(member);
    return [...groups, ...measures];
  }

  #regroup({ input, groups, measures }: RegroupNode): readonly PlanColumn[] {
    const made = new Set(this.groups(input).map(keyOf));
    for (const column of groups) invariant(made.has(keyOf(column)), 'groups are not regrouped');
    for (const { member } of measures) this.#overMeasures(member, made);
    return [...groups, ...measures];
  }

  #stages({ input, stages, groups, measures }: StagesNode): readonly PlanColumn[] {
    const made = new Set(this.groups(input).map(keyOf));
    invariant(sameColumns(input.groups, groups), 'a stage changes the groups');
    for (const stage of stages) {
      for (const { measure } of stage) this.#overMeasures(measure.member, made);
      for (const { measure, within } of stage) {
        invariant(!made.has(measure.member), `${measure.member} is calculated twice`);
        invariant(
          within?.every((item) => groups.includes(item)) ?? true,
          'no group is partitioned',
        );
        made.add(measure.member);
      }
    }
    for (const { member } of measures) invariant(made.has(member), `${member} is not made`);
    return [...groups, ...measures];
  }

  #overMeasures(path: string, made: ReadonlySet<string>): void {
    for (const part of stagePartsOf(this.#measure(path), this.#model)) {
      invariant(made.has(part.path), `${path} is over ${part.path}, which is not aggregated below`);
    }
  }

  /** As {@link #rows}, under all that the policies of views ask of the rows of the query. */
  #filtered(node: RowsNode): string {
    if (node.kind === 'windows') return this.#filteredInput(node, node.input);
    if (node.kind === 'grid') return this.#filteredInput(node, node.beside && node.beside.rows);
    const kept = node.kind === 'filter' ? node.conditions : [];
    const isKept = node.kind === 'own-rows' || this.#policies.every((item) => kept.includes(item));
    invariant(isKept, 'rows are read without what a policy asks of them');
    return this.#rows(node);
  }

  #filteredInput(node: RowsNode, input: RowsNode | null): string {
    if (input) this.#filtered(input);
    return this.#rows(node);
  }

  /** The cube whose rows these hold at most once in a group; `none` where they may be repeated. */
  #rows(node: RowsNode): string {
    switch (node.kind) {
      case 'scan':
        invariant(this.#model.cubes.has(node.cube), `the model lacks ${node.cube}, which is read`);
        return node.cube;
      case 'join':
        return this.#join(node);
      case 'filter':
        return this.#rows(node.input);
      case 'own-rows':
        return this.#ownRows(node);
      case 'windows': {
        const asked = node.input.kind === 'filter' ? node.input.conditions : [];
        invariant(node.rows.length === asked.length, 'other rows are read than are asked for');
        return this.#rows(node.input);
      }
      case 'grid':
        if (node.beside) this.#rows(node.beside.rows);
        return 'none';
    }
  }

  #join({ input, joins, places: named, subQueries }: JoinNode): string {
    const root = this.#rows(input);
    const places = new Map<string, string>([[root, root]]);
    for (const step of joins) {
      const from = places.get(step.from);
      invariant(from !== undefined, `${step.path} continues a path that is not joined`);
      const declared = this.#model.cubes
        .get(from)
        ?.joins.find(({ target }) => target === step.cube);
      invariant(declared, `${from} declares no join to ${step.cube}`);
      invariant(
        declared.relationship === step.relationship,
        `the join of ${from} to ${step.cube} has another cardinality than the plan says`,
      );
      invariant(!places.has(step.path), `${step.path} is joined twice`);
      places.set(step.path, step.cube);
    }
    for (const { name, at } of named) {
      const cube = ownerOf(this.#pathOf(name));
      invariant(places.get(at) === cube, `${name} stands at ${at}, where no ${cube} is joined`);
    }
    for (const step of subQueries) this.#subQuery(step, places.get(step.at));
    checkOrder(root, joins, subQueries);
    return isToOne(joins) ? root : 'none';
  }

  /** Its rows are those of its own cubes; what a view asks of the rows that it joins holds where the step says so. */
  #subQuery({ dimension, groups, conditions }: SubQueryStep, cube: string | undefined): void {
    invariant(ownerOf(dimension) === cube, `${dimension} is joined to ${cube}`);
    const { member } = findMember(this.#model, dimension)!;
    const inside = new PlanCheck(conditions, this.#occurrences, this.#model);
    const made = inside.groups(groups).map(keyOf);
    const keys = this.#keysOf(cube);
    const needed = [...keys, ...measuresIn(member, this.#model).map((measure) => measure.path)];
    invariant(groups.groups.map(keyOf).join() === keys.join(), `${dimension} has other groups`);
    invariant(needed.join() === made.join(), `${dimension} has other measures than it names`);
  }

  /** The whole primary key of a cube. */
  #keysOf(cube: string): string[] {
    const keys = this.#model.cubes.get(cube)!.primaryKeys.map((key) => `${cube}.${key}`);
    invariant(keys.length > 0, `${cube} has no primary key`);
    return keys;
  }

  #ownRows({ keys, rows }: OwnRowsNode): string {
    this.#filtered(keys.input);
    const owner = this.#rows(rows);
    invariant(owner === keys.cube, `the rows beside the keys of ${keys.cube} are of ${owner}`);
    const given = keys.keys.map((key) => this.#pathOf(key));
    invariant(
      this.#keysOf(owner).join() === given.join(),
      `${owner} is not joined by its whole key`,
    );
    return owner;
  }

  #measure(name: string) {
    const member = findMember(this.#model, this.#pathOf(name))?.member;
    invariant(member?.kind === 'measure', `${name} is not a measure`);
    return member;
  }

  #pathOf(name: string): string {
    return this.#occurrences.get(name)?.member ?? name;
  }
}

/** What rows have been grouped by already; null: they have not been. */
function groupsBelow(input: RowsNode): readonly PlanColumn[] | null {
  if (input.kind === 'own-rows') return input.keys.groups;
  return input.kind === 'grid' ? [input.column, ...(input.beside?.groups ?? [])] : null;
}

function isToOne(joins: JoinNode['joins']): boolean {
  return joins.every((step) => step.relationship !== 'one-to-many');
}

function sameColumns(first: readonly PlanColumn[], second: readonly PlanColumn[]): boolean {
  return first.map(keyOf).join() === second.map(keyOf).join();
}

function keyOf(column: PlanColumn): string {
  return column.granularity === null ? column.member : `${column.member}.${column.granularity}`;
}
