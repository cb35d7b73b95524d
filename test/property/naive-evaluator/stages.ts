import { aggregated } from './aggregates.ts';
import {
  gridGroups,
  groupKey,
  groupRows,
  measuredPart,
  type Grouping,
  type GroupKey,
  type Part,
  type Table,
} from './groups.ts';
import { memberOf, type MeasureMember, type MeasureRule, type Within } from './members.ts';
import type { Named } from './places.ts';
import { rootFor } from './roots.ts';
import type { Scope } from './scope.ts';
import { present, type Value } from './values.ts';

/** The groups of a query with the measures that it names, each by its own rule. */
export function measured(measures: readonly Named[], grouping: Grouping, scope: Scope): Table {
  return new Stages(measures, grouping, scope);
}

type Rule<K extends MeasureRule['is']> = Extract<MeasureRule, { readonly is: K }>;

/** A measure of a cube, on the shortest path. */
function plain(path: string): Named {
  const [cube, member] = path.split('.') as [string, string];
  return { name: path, cube, member, via: null };
}

class Stages implements Table {
  readonly groups: ReadonlyMap<GroupKey, readonly Value[]>;
  readonly #grouping: Grouping;
  readonly #scope: Scope;
  readonly #parts = new Map<string, Part | null>();
  readonly #finer = new Map<string, ReadonlyMap<GroupKey, Value>>();
  readonly #named = new Map<string, Named>();
  readonly #known = new Map<string, Value>();

  constructor(measures: readonly Named[], grouping: Grouping, scope: Scope) {
    this.#grouping = grouping;
    this.#scope = scope;
    const groups = new Map<GroupKey, readonly Value[]>();
    for (const measure of measures) this.#add(measure, groups);
    const parts = [...this.#parts.values()].filter((part) => part !== null);
    for (const part of parts) for (const [key, values] of part.groups) groups.set(key, values);
    const isFilled = grouping.times.some((time) => time.isFilled);
    if (this.#parts.size === 0 && (this.#finer.size === 0 || isFilled)) {
      const reach = rootFor(grouping.needs, null, scope);
      for (const [key, { values }] of reach ? groupRows(grouping, reach, scope) : []) {
        groups.set(key, values);
      }
    }
    for (const [key, values] of gridGroups(parts, grouping, scope)) groups.set(key, values);
    if (grouping.columns.length === 0) groups.set('[]', []);
    this.groups = groups;
  }

  valueOf = (key: GroupKey, measure: string): Value => {
    const known = `${measure} ${key}`;
    let value = this.#known.get(known);
    if (value === undefined) this.#known.set(known, (value = this.#compute(key, measure)));
    return value;
  };

  #rule({ cube, member }: Named): MeasureRule {
    return (memberOf(this.#scope.world, `${cube}.${member}`) as MeasureMember).rule;
  }

  /** Computes what a measure starts from. */
  #add(measure: Named, groups: Map<GroupKey, readonly Value[]>): void {
    if (this.#named.has(measure.name)) return;
    this.#named.set(measure.name, measure);
    const rule = this.#rule(measure);
    if (this.#isStaged(measure)) {
      if (measure.via) this.#scope.refuse('query/multi-stage');
      for (const path of this.#dimensionsOf(rule)) this.#refuseTwice(path);
    } else if (measure.via && this.#isComposed(measure)) {
      this.#scope.refuse('query/not-supported-yet');
    }
    if (rule.is === 'over-rows') {
      this.#parts.set(measure.name, measuredPart(measure, this.#grouping, this.#scope));
    } else if (rule.is === 'over-finer-groups') {
      this.#finer.set(measure.name, this.#regroup(rule, groups));
    } else {
      const parts = rule.is === 'number' ? rule.parts : [rule.part];
      for (const part of parts) this.#add(this.#partOf(part, measure), groups);
    }
  }

  /** A measure that another one names; on the same way, where both are over the same rows. */
  #partOf(path: string, measure: Named): Named {
    const { via } = measure;
    const part = plain(path);
    return via && part.cube === measure.cube && !this.#isComposed(measure)
      ? { ...part, name: `${via.join('.')} ${path}`, via }
      : part;
  }

  /** What a stage leaves out, or keeps, or adds. */
  #dimensionsOf(rule: MeasureRule): readonly string[] {
    if (rule.is === 'over-finer-groups') return rule.added;
    return 'within' in rule ? [...(rule.within.groupBy ?? []), ...rule.within.reduceBy] : [];
  }

  /** A dimension on several paths is no one thing to group by. */
  #refuseTwice(path: string): void {
    const found = this.#grouping.columns.filter(
      ({ named, granularity }) => granularity === null && `${named.cube}.${named.member}` === path,
    );
    if (found.length > 1) this.#scope.refuse('query/multi-stage');
  }

  #isStaged(measure: Named): boolean {
    const rule = this.#rule(measure);
    if (rule.is !== 'number') return rule.is !== 'over-rows';
    return rule.isMultiStage || rule.parts.some((part) => this.#isStaged(plain(part)));
  }

  /** Whether it is calculated from measures of other cubes, or over other rows. */
  #isComposed(measure: Named): boolean {
    const rule = this.#rule(measure);
    if (rule.is !== 'number') return false;
    return rule.parts.some((path) => {
      const part = plain(path);
      const own = this.#rule(part);
      const rolls = own.is === 'over-rows' && own.window !== null;
      return part.cube !== measure.cube || rolls || this.#isComposed(part);
    });
  }

  #regroup(
    { aggregate, part, added }: Rule<'over-finer-groups'>,
    groups: Map<GroupKey, readonly Value[]>,
  ): ReadonlyMap<GroupKey, Value> {
    const { columns, needs, times } = this.#grouping;
    const isThere = (path: string) =>
      columns.some((item) => item.named.name === path && item.granularity === null);
    const more = added.filter((path) => !isThere(path)).map(plain);
    const finer: Grouping = {
      ...this.#grouping,
      times: times.map((time) => ({ ...time, isFilled: false })),
      needs: [...needs, ...more],
      columns: [...columns, ...more.map((named) => ({ named, granularity: null }))],
    };
    const table = measured([plain(part)], finer, this.#scope);
    const values = new Map<GroupKey, Value[]>(columns.length === 0 ? [['[]', []]] : []);
    for (const [key, all] of table.groups) {
      const kept = all.slice(0, columns.length);
      const coarse = groupKey(kept);
      groups.set(coarse, kept);
      values.set(coarse, [...(values.get(coarse) ?? []), table.valueOf(key, part)]);
    }
    return new Map([...values].map(([key, list]) => [key, aggregated(aggregate, list)]));
  }

  #compute(key: GroupKey, name: string): Value {
    const measure = this.#named.get(name)!;
    const rule = this.#rule(measure);
    const valueOfPart = (of: GroupKey, path: string): Value =>
      this.valueOf(of, this.#partOf(path, measure).name);
    switch (rule.is) {
      case 'over-rows':
        return this.#parts.get(name)?.valueOf(key) ?? null;
      case 'over-finer-groups':
        return this.#finer.get(name)!.get(key) ?? aggregated(rule.aggregate, []);
      case 'number':
        return rule.calculate(rule.parts.map((part) => valueOfPart(key, part)));
      case 'over-groups': {
        const values = this.#groupsWithin(key, rule.within).map((of) => valueOfPart(of, rule.part));
        return aggregated(rule.aggregate, values);
      }
      case 'rank': {
        const own = valueOfPart(key, rule.part);
        const values = this.#groupsWithin(key, rule.within).map((of) => valueOfPart(of, rule.part));
        const sign = rule.isDescending ? -1 : 1;
        const isBefore = (value: number) => own === null || sign * (value - Number(own)) < 0;
        return 1 + present(values).filter((value) => isBefore(Number(value))).length;
      }
    }
  }

  /** The groups that agree with one in what is kept. */
  #groupsWithin(key: GroupKey, { groupBy, reduceBy }: Within): GroupKey[] {
    const kept = this.#grouping.columns.map(({ named }) => {
      const path = `${named.cube}.${named.member}`;
      return (groupBy?.includes(path) ?? true) && !reduceBy.includes(path);
    });
    const part = (values: readonly Value[]) => groupKey(values.filter((_, index) => kept[index]));
    const own = part(this.groups.get(key)!);
    return [...this.groups].filter(([, values]) => part(values) === own).map(([other]) => other);
  }
}
