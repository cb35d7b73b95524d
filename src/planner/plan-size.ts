import type { Budget } from './budget.ts';
import type { PlanNode } from './plan.ts';

/**
 * Counts the parts that a plan is printed as, before anything walks it: what two parts share is one object
 * of the plan, and stands twice in the statement. Each object is counted once.
 *
 * @throws QueryError when there are too many.
 */
export function countPlan(root: PlanNode, budget: Budget): void {
  const sizes = new Map<PlanNode, Size>();
  const { parts, columns, periods } = sizeOf(root, sizes);
  budget.spend('parts of the plan', parts);
  budget.spend('columns of parts', columns);
  budget.spend('rows of periods', periods);
}

interface Size {
  readonly parts: number;
  readonly columns: number;
  readonly periods: number;
}

function sizeOf(node: PlanNode, sizes: Map<PlanNode, Size>): Size {
  let size = sizes.get(node);
  if (!size) sizes.set(node, (size = added(ownSize(node), inputsOf(node), sizes)));
  return size;
}

function added(own: Size, inputs: readonly PlanNode[], sizes: Map<PlanNode, Size>): Size {
  return inputs.reduce((sum, input) => {
    const { parts, columns, periods } = sizeOf(input, sizes);
    return {
      parts: sum.parts + parts,
      columns: sum.columns + columns,
      periods: sum.periods + periods,
    };
  }, own);
}

function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'scan':
      return [];
    case 'join':
      return [node.input, ...node.subQueries.map((step) => step.groups)];
    case 'own-rows':
      return [node.keys.input, node.rows];
    case 'grid':
      return node.beside ? [node.beside.rows] : [];
    case 'combine':
      return node.parts;
    default:
      return [node.input];
  }
}

/** Parts are combined two at a time: the columns of the first stand in the SELECT of each later one. */
function ownSize(node: PlanNode): Size {
  const own: Size = { parts: 1, columns: 0, periods: 0 };
  if (node.kind === 'join') return { ...own, parts: 1 + node.joins.length };
  if (node.kind === 'windows') return { ...own, periods: node.along?.periods.length ?? 0 };
  if (node.kind === 'grid') return { ...own, periods: node.starts.length };
  if (node.kind !== 'combine') return own;
  let columns = 0;
  let measures = 0;
  for (const part of node.parts) {
    measures += part.measures.length;
    columns += 2 * (node.groups.length + measures);
  }
  return { ...own, columns };
}
