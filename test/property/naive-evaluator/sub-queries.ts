import { groupKey, type Grouping, type Table } from './groups.ts';
import { memberOf, type DimensionMember } from './members.ts';
import type { Named } from './places.ts';
import type { Scope } from './scope.ts';
import { measured } from './stages.ts';
import type { Value } from './values.ts';
import { cubeOf, type World, type WorldRow } from './world.ts';

const keysOf = { id: ['id'], composite: ['half', 'side'], none: [] } as const;

/** A scope in which the sub-query dimensions of one query are computed, each once. */
export function subQueries(query: Grouping, base: Omit<Scope, 'subQuery'>): Scope {
  const tables = new Map<string, Table | null>();
  const within: string[] = [];
  const scope: Scope = {
    ...base,
    subQuery: (dimension) => {
      const table = tableOf(dimension);
      return (row, measure) => {
        if (row === null) return null;
        return table?.valueOf(groupKey(keyIn(dimension.split('.')[0]!, row)), measure) ?? null;
      };
    },
  };
  const tableOf = (path: string): Table | null => {
    const known = tables.get(path);
    if (known !== undefined) return known;
    if (within.includes(path)) return base.refuse('query/sub-query-in-join');
    within.push(path);
    const table = computed(path);
    within.pop();
    tables.set(path, table);
    return table;
  };
  const keyIn = (cube: string, row: WorldRow): Value[] =>
    cubeOf(base.world, cube).key === 'id' ? [row.id] : [Math.floor(row.id / 2), row.id % 2];
  /** Its measures, for each primary key of its cube. */
  const computed = (path: string): Table | null => {
    const member = memberOf(base.world, path) as DimensionMember;
    const keys = keysOf[cubeOf(base.world, member.cube).key];
    if (keys.length === 0) return base.refuse('query/no-primary-key');
    const conditions = member.subQuery!.propagates
      ? query.conditions.filter(({ members }) =>
          members.every((named) => !comesToSubQuery(`${named.cube}.${named.member}`, base.world)),
        )
      : [];
    const named = keys.map((key): Named => ({
      name: `${member.cube}.${key}`,
      cube: member.cube,
      member: key,
      via: null,
    }));
    const grouping: Grouping = {
      needs: [...named, ...conditions.flatMap((condition) => condition.members)],
      columns: named.map((item) => ({ named: item, granularity: null })),
      conditions,
      times: [],
      windows: null,
    };
    const measures = member.subQuery!.measures.map((measure): Named => {
      const [cube, name] = measure.split('.') as [string, string];
      return { name: measure, cube, member: name, via: null };
    });
    return measured(measures, grouping, scope);
  };
  return scope;
}

/** Whether a member is computed in a query of its own, or its SQL names one that is. */
function comesToSubQuery(path: string, world: World): boolean {
  const member = memberOf(world, path);
  if (member.kind === 'dimension' && member.subQuery) return true;
  return member.references.some(
    ([cube, name]) => name !== null && comesToSubQuery(`${cube}.${name}`, world),
  );
}
