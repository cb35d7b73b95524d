import { memberOf, type Member, type Site } from './members.ts';
import { isShown, policiesFor } from './policies.ts';
import { keyOf, type Named, type Place, type Reach } from './places.ts';
import type { Scope } from './scope.ts';
import type { Value } from './values.ts';
import { cubeOf, type WorldContext, type WorldJoin, type WorldRow } from './world.ts';

/** The rows beside each other in one row of a join, by place; null where none belongs to it. */
export type Joined = ReadonlyMap<string, WorldRow | null>;

/** LEFT JOINs, as loops: each row so far with each row that belongs to it, or with none. */
export function joinRows(reach: Reach, scope: Scope): Joined[] {
  for (const dimension of reach.subQueries) scope.subQuery(dimension);
  const [root, ...places] = reach.places();
  let rows: Joined[] = visible(root![0]!, scope).map((row) => new Map([[keyOf(root!), row]]));
  for (const place of inOrder([root!, ...places], reach)) {
    visible(place.at(-1)!, scope);
    const [from, to] = [place.at(-2)!, place.at(-1)!];
    const join = cubeOf(scope.world, from).joins.find(({ target }) => target === to)!;
    const [before, here] = [keyOf(place.slice(0, -1)), keyOf(place)];
    const { beside } = join;
    const other = beside && keyOf(reach.resolve(place.slice(0, -1), beside.cube)!);
    rows = rows.flatMap((joined): Joined[] => {
      const source = joined.get(before) ?? null;
      const a = other === undefined ? null : (joined.get(other)?.a ?? null);
      const found = source && (a === null || a > 0) ? partners(source, from, join, scope) : [];
      return (found.length > 0 ? found : [null]).map((row) => new Map(joined).set(here, row));
    });
  }
  return rows;
}

/** The places after the root, each after the rows that its join compares. */
function inOrder([root, ...others]: readonly Place[], reach: Reach): readonly Place[] {
  const done = new Set([keyOf(root!)]);
  const found: Place[] = [];
  let left = others;
  while (left.length > 0) {
    const next = left.find((place) => {
      const from = place.slice(0, -1);
      const { beside } = reach.joinTo(place);
      const needed = [from, ...(beside ? [reach.resolve(from, beside.cube)!] : [])];
      return needed.every((item) => done.has(keyOf(item)));
    });
    if (!next) throw new Error('joins need each other');
    done.add(keyOf(next));
    found.push(next);
    left = left.filter((place) => place !== next);
  }
  return found;
}

/** The rows of a cube's source that the user sees. */
function visible(name: string, { world, context, refuse }: Scope): readonly WorldRow[] {
  const cube = cubeOf(world, name);
  const policies = policiesFor(cube.policies, context);
  if (policies?.length === 0) refuse('query/access-denied');
  return cube.rows.filter(
    (row) =>
      (!cube.isProtected || isOfTenant(row, context)) &&
      (policies === null || isShown(policies, (member) => row[member as 'a' | 'b'], context)),
  );
}

function isOfTenant(row: WorldRow, { tenant }: WorldContext): boolean {
  if (tenant === undefined) return true;
  if (tenant === null || row.tenant === null) return false;
  return typeof tenant === 'number' ? row.tenant === tenant : tenant.includes(row.tenant);
}

function partners(
  source: WorldRow,
  from: string,
  { target, holder }: WorldJoin,
  scope: Scope,
): readonly WorldRow[] {
  return visible(target, scope).filter((row) =>
    holder === 'source' ? source.refers[target] === row.id : row.refers[from] === source.id,
  );
}

export function valueOf(named: Named, reach: Reach, joined: Joined, scope: Scope): Value {
  return valueAt(`${named.cube}.${named.member}`, reach.placeOf(named)!, reach, joined, scope);
}

/** What a dimension's SQL gives for its cube at a place. */
function valueAt(path: string, place: Place, reach: Reach, joined: Joined, scope: Scope): Value {
  const member = memberOf(scope.world, path);
  if (member.kind !== 'dimension') throw new Error(`${path} is no dimension`);
  return member.value(siteOf(member, place, reach, joined, scope));
}

/** Where a member's SQL is computed, for its cube at a place of a joined row. */
export function siteOf(
  { cube, name }: Member,
  place: Place,
  reach: Reach,
  joined: Joined,
  scope: Scope,
): Site {
  const row = joined.get(keyOf(place)) ?? null;
  return {
    row,
    of: (other, member) =>
      valueAt(`${other}.${member}`, reach.resolve(place, other)!, reach, joined, scope),
    measure: (measure) => scope.subQuery(`${cube}.${name}`)(row, measure),
  };
}
