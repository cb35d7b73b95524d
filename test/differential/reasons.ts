import { evaluate } from '../property/naive-evaluator/evaluate.ts';
import type { WorldCase } from '../property/naive-evaluator/world.ts';
import { show } from '../property/fuzz.ts';
import {
  measuredCubes,
  overOneTree,
  summedCube,
  withGaps,
  overJoinedRows,
  withoutUnsetClaims,
} from './readings.ts';
import type { ReferencePlan } from './reference.ts';

/** Why rows of the reference differ. Each is a reading of the case by which the naive evaluator gives just them. */
export const reasons = {
  'unset-claims':
    'A claim that is 0 or null filters nothing in the reference, so that its user sees the rows of everyone.',
  'one-root':
    'The reference joins all members from one root: rows that belong to no row of the root are lost to the measures of other cubes.',
  'other-root':
    'The reference starts from a cube that the query names and that needs the fewest joins, even where these repeat rows or lose them.',
  elsewhere:
    'A cube stands once in a statement of the reference: what a measure sums of another cube is read where that stands for other members.',
  gaps: 'The reference leaves it to its client to fill periods that have no rows.',
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
    if (rowsOf(read) === wanted) return names;
  }
  return null;
}

/** Measures of several cubes would each have a root of their own. */
function rootReason({ query, world }: WorldCase): ReasonName {
  return measuredCubes(query, world).size > 1 ? 'one-root' : 'other-root';
}

/** Sums over a cube whose rows are repeated are read where its own joins lead. */
function elsewhereReason(item: WorldCase, { multiplied }: ReferencePlan): ReasonName {
  const ofOthers = item.query.measures.filter((member) => summedCube(member, item.world));
  const isOwn = ofOthers.every((member) => multiplied.has(member.split('.')[0]!));
  return isOwn && ofOthers.length > 0 ? rootReason(item) : 'elsewhere';
}

/** A reading may have no answer where the case itself has one. */
function rowsOf(read: Reading['read']): string | null {
  try {
    const rows = read();
    return rows && show(rows);
  } catch {
    return null;
  }
}

interface Reading {
  readonly names: readonly ReasonName[];
  readonly read: () => unknown[][] | null;
}

function* readings(item: WorldCase, plan: ReferencePlan): Generator<Reading> {
  const variants = variantsOf(item);
  const root = rootReason(item);
  for (const { names, read } of variants) {
    if (names.length > 0) yield { names, read: () => evaluate(read) };
  }
  for (const { names, read } of variants) {
    yield { names: [...names, root], read: () => evaluate(overOneTree(read, plan)) };
  }
  for (const { names, read } of variants) {
    const tree = overOneTree(read, plan);
    const isSame = () => show(evaluate(tree)) === show(evaluate(read));
    const joined = (withMissing: boolean) =>
      overJoinedRows(tree, plan, { withMissing, whole: read });
    const missing = () => joined(true);
    yield { names: [...names, elsewhereReason(item, plan)], read: () => joined(false) };
    yield { names: [...names, 'missing-rows'], read: () => (isSame() ? missing() : null) };
    yield { names: [...names, root, 'missing-rows'], read: missing };
  }
}

/** The case, and as it reads for reasons that have nothing to do with joins: fewer ones first. */
function variantsOf(item: WorldCase) {
  const changes = [
    ['unset-claims', withoutUnsetClaims],
    ['gaps', withGaps],
  ] as const;
  let variants: { names: readonly ReasonName[]; read: WorldCase }[] = [{ names: [], read: item }];
  for (const [name, change] of changes) {
    variants = [
      ...variants,
      ...variants.flatMap(({ names, read }) => {
        const changed = change(read);
        return changed ? [{ names: [...names, name], read: changed }] : [];
      }),
    ];
  }
  return variants;
}
