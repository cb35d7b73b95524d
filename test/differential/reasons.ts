import { evaluate } from '../property/naive-evaluator/evaluate.ts';
import { Refusal } from '../property/naive-evaluator/places.ts';
import type { WorldCase } from '../property/naive-evaluator/world.ts';
import { attempt, show } from '../property/fuzz.ts';
import { measuredCubes, overOneTree, withMissingRows, withoutUnsetClaims } from './readings.ts';
import type { ReferencePlan } from './reference.ts';

/** Why rows of the reference differ. Each is a reading of the case by which the naive evaluator gives just them. */
export const reasons = {
  'unset-claims':
    'A claim that is 0 or null filters nothing in the reference, so that its user sees the rows of everyone.',
  'one-root':
    'The reference joins all members from one root: rows that belong to no row of the root are lost to the measures of other cubes.',
  'other-root':
    'The reference starts from a cube that the query names and that needs the fewest joins, even where these repeat rows or lose them.',
  'missing-rows':
    'A row that is missing in a LEFT JOIN is measured by the reference like a row of nulls.',
} as const;

export type ReasonName = keyof typeof reasons;

/** The reasons that make the naive evaluator give the reference's rows, as few as possible; null: none do. */
export function explain(
  item: WorldCase,
  plan: ReferencePlan,
  rows: readonly unknown[][],
): readonly ReasonName[] | null {
  const wanted = show(rows);
  for (const { names, read } of readings(item, plan)) {
    const found = attempt(read);
    if (!(found instanceof Refusal) && found !== null && show(found) === wanted) return names;
  }
  return null;
}

/** Measures of several cubes would each have a root of their own. */
function rootReason({ query, world }: WorldCase): ReasonName {
  return measuredCubes(query, world).size > 1 ? 'one-root' : 'other-root';
}

interface Reading {
  readonly names: readonly ReasonName[];
  readonly read: () => unknown[][] | null;
}

function* readings(item: WorldCase, plan: ReferencePlan): Generator<Reading> {
  const open = withoutUnsetClaims(item);
  const claims = [
    { names: [] as ReasonName[], read: item },
    ...(open ? [{ names: ['unset-claims' as const], read: open }] : []),
  ];
  for (const { names, read } of claims) {
    if (names.length > 0) yield { names, read: () => evaluate(read) };
  }
  const root = rootReason(item);
  for (const { names, read } of claims) {
    yield { names: [...names, root], read: () => evaluate(overOneTree(read, plan)) };
  }
  for (const { names, read } of claims) {
    const tree = overOneTree(read, plan);
    const isSame = () => show(evaluate(tree)) === show(evaluate(read));
    const missing = () => withMissingRows(tree, plan);
    yield { names: [...names, 'missing-rows'], read: () => (isSame() ? missing() : null) };
    yield { names: [...names, root, 'missing-rows'], read: missing };
  }
}
