import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from './access-policy.ts';
import { innerPieces } from './fragments-of.ts';
import type { Cube, FragmentPiece, Measure, Member, Model } from './model.ts';

/** By member: the members that its texts name. */
type References = ReadonlyMap<string, readonly string[]>;

/**
 * Hidden measures that nothing uses: no member or view that can be asked for, no join, policy or
 * pre-aggregation.
 */
export function findUnusedMeasures(
  { cubes, views }: Pick<Model, 'cubes' | 'views'>,
  references: () => References,
): Measure[] {
  const hidden = [...cubes.values()].flatMap(hiddenMeasures);
  if (hidden.length === 0) return [];
  const used = new Set<string>([...cubes.values()].flatMap(usedByCube));
  for (const view of views.values()) {
    if (!view.public) continue;
    for (const member of view.members.values()) if (member.public) used.add(member.target);
  }
  const named = references();
  for (const name of used) for (const other of named.get(name) ?? []) used.add(other);
  return hidden.filter(({ path }) => !used.has(path));
}

function hiddenMeasures(cube: Cube): Measure[] {
  return [...cube.members.values()].filter(
    (member): member is Measure => member.kind === 'measure' && !(cube.public && member.public),
  );
}

/** What can be asked for, and what decides about rows. */
function usedByCube(cube: Cube): string[] {
  const shown = cube.public ? [...cube.members.values()].filter((member) => member.public) : [];
  return [
    ...shown.map(({ path }) => path),
    ...[...cube.members.values()].flatMap(choiceOf),
    ...cube.joins.flatMap(({ sql }) => membersIn(sql.pieces)),
    ...cube.accessPolicies.flatMap(({ rows }) => (rows === 'all' ? [] : membersOf(rows))),
    ...[...cube.preAggregations.values()].flatMap(({ measures }) => measures),
  ];
}

/** The dimension whose value a member chooses by. */
function choiceOf(member: Member): MemberPath[] {
  if (member.kind === 'segment') return [];
  const choice = member.kind === 'measure' ? member.switch : member.expression;
  return choice?.kind === 'switch' ? [choice.on] : [];
}

function membersOf(filter: PolicyFilter): MemberPath[] {
  return filter.kind === 'member' ? [filter.member] : filter.items.flatMap(membersOf);
}

function membersIn(pieces: readonly FragmentPiece[]): MemberPath[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'member' ? [piece.path] : innerPieces(piece).flatMap(membersIn),
  );
}
