import { invariant } from '../core/invariant.ts';
import { parseMemberPath } from '../core/names.ts';
import type { Model } from '../model/model.ts';
import type { Plan, PlanColumn, PlanNode } from './plan.ts';

/**
 * Holds every plan to what makes its rows right: one scan; each measure aggregated exactly once,
 * above every row filter; every column of the result produced, and of a cube that is scanned.
 */
export function checkPlan(plan: Plan, model: Model): void {
  const chain = chainOf(plan.root);
  const scans = chain.filter((node) => node.kind === 'scan');
  const scan = scans[0];
  invariant(scans.length === 1 && scan, 'a plan scans its cube once');
  invariant(model.cubes.has(scan.cube), `a plan scans ${scan.cube}, which the model lacks`);
  const makers = chain.filter((node) => node.kind === 'aggregate' || node.kind === 'project');
  const maker = makers[0];
  invariant(makers.length === 1 && maker, 'a plan makes its columns once');
  const made = maker.kind === 'aggregate' ? [...maker.groups, ...maker.measures] : maker.columns;
  const keys = made.map(keyOf);
  invariant(new Set(keys).size === keys.length, 'a column is made twice');
  invariant(plan.columns.length === keys.length, 'a plan makes exactly its columns');
  for (const column of plan.columns) {
    invariant(keys.includes(keyOf(column)), `nothing makes the column ${keyOf(column)}`);
    const path = parseMemberPath(column.member);
    invariant(path?.cube === scan.cube, `${column.member} is not of the cube that is scanned`);
    invariant(
      column.kind !== 'measure' || maker.kind === 'aggregate',
      `the measure ${column.member} is not aggregated`,
    );
  }
}

function chainOf(node: PlanNode): PlanNode[] {
  return node.kind === 'scan' ? [node] : [node, ...chainOf(node.input)];
}

function keyOf(column: PlanColumn): string {
  return column.granularity === null ? column.member : `${column.member}.${column.granularity}`;
}
