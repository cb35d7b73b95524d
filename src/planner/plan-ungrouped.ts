import type { MemberPath } from '../core/names.ts';
import { cubeName, listed, memberName, say } from '../core/told.ts';
import { chooseRoot, type JoinSetting } from './choose-root.ts';
import type { JoinTree } from './join-tree.ts';
import type { PlanColumn, ProjectNode } from './plan.ts';
import type { PlannedFilters } from './plan-filters.ts';
import { joinedRows, type Grouping, type PartSetting } from './plan-part.ts';
import type { QueryReader } from './query-reader.ts';
import type { Request } from './request.ts';

/**
 * The rows of a query that groups nothing; null after reporting. Every joined cube has its primary key
 * among the dimensions, so that each row of the answer says which rows it is made of.
 */
export function planUngrouped(
  { needs, conditions }: Grouping,
  columns: readonly PlanColumn[],
  setting: PartSetting,
  withoutKeys: boolean,
): ProjectNode | null {
  const tree = chooseRoot(needs, null, setting);
  if (!tree) return null;
  if (!withoutKeys) requireKeys(tree, columns, setting);
  return { kind: 'project', input: joinedRows(tree, conditions, setting), columns };
}

function requireKeys(
  tree: JoinTree,
  columns: readonly PlanColumn[],
  { model, reader, occurrences }: JoinSetting,
): void {
  const selected = new Set(
    columns
      .filter((column) => column.granularity === null)
      .map(({ member }) => occurrences.get(member)?.member ?? member),
  );
  const missing: MemberPath[] = [];
  for (const name of [...tree.cubes()].sort()) {
    const { primaryKeys } = model.cubes.get(name)!;
    if (primaryKeys.length === 0) {
      const message = say`an ungrouped query needs the primary key of each of its cubes, and ${cubeName(name)} declares none${withoutKeys}`;
      reader.report('query/ungrouped-without-key', 'dimensions', message);
    }
    const keys = primaryKeys.map((key): MemberPath => `${name}.${key}`);
    missing.push(...keys.filter((key) => !selected.has(key)));
  }
  if (missing.length === 0) return;
  const list = listed(missing.map((key) => memberName(key, `'${key}'`)));
  const message = say`an ungrouped query needs primary keys among its dimensions: ${list}${withoutKeys}`;
  reader.report('query/ungrouped-without-key', 'dimensions', message);
}

const withoutKeys = say`; compile with allowUngroupedWithoutPrimaryKey to do without`;

export function refuseMeasures(
  request: Request,
  filters: PlannedFilters,
  reader: QueryReader,
): void {
  if (request.measures.length > 0) {
    const message = "measures aren't allowed in an ungrouped query; ask for dimensions";
    reader.report('query/ungrouped-measure', 'measures', message);
  }
  if (filters.groups.length + filters.totals.length > 0) {
    const message = "filters on measures aren't allowed in an ungrouped query";
    reader.report('query/ungrouped-measure', 'filters', message);
  }
}
