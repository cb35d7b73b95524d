import type { Span } from '../core/span.ts';
import type { Locate } from '../syntax/declaration.ts';
import type { DeclaredNames } from './declared-cube.ts';
import type { DeclaredJoin } from './find-keyless-cubes.ts';
import { namedEntries } from './named-entries.ts';

/** Where a join is declared, or inherited by the cube that has it. */
export function spanOfJoin(
  { from, to }: DeclaredJoin,
  { cubes }: Pick<DeclaredNames, 'cubes'>,
  locate: Locate,
): Span | undefined {
  const joins = cubes.get(from)!.body.entries.get('joins');
  const entry = joins?.kind === 'object' ? joins.entries.get(to) : undefined;
  if (entry) return locate(entry.place, 'name');
  const context = { locate, report: () => undefined, hasErrors: false, ownerOf: () => from };
  return namedEntries(joins, 'joins', context)
    .find(({ name }) => name === to)
    ?.span();
}
