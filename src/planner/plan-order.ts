import { didYouMean } from '../core/suggest.ts';
import { asked, say } from '../core/told.ts';
import { askedName } from './masks.ts';
import type { PlanColumn } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import type { Request } from './request.ts';

export interface SortKey {
  readonly column: number;
  readonly descending: boolean;
}

/** Positions to sort by: what the query says, or the default order of the original. */
export function planOrder(
  request: Request,
  columns: readonly PlanColumn[],
  reader: QueryReader,
): readonly SortKey[] {
  if (request.order === null) return defaultOrder(request, columns);
  const keys = new Map<number, SortKey>();
  for (const { name, path, descending } of request.order) {
    const column = columns.findIndex(
      (item) => nameOf(item) === name || askedName(item.member) === name,
    );
    if (column >= 0) {
      if (!keys.has(column)) keys.set(column, { column, descending });
      continue;
    }
    // What the query asks for and does not get is reported where it asks.
    if (isAsked(name, request)) continue;
    const names = columns.map(nameOf);
    const hint = asked(didYouMean(name, names) ?? `selected are ${names.join(', ')}`);
    reader.report(
      'query/order-not-selected',
      path,
      say`${reader.show(name)} is not selected, so nothing can be ordered by it; ${hint}`,
    );
  }
  return [...keys.values()];
}

function isAsked(name: string, { measures, dimensions, timeDimensions }: Request): boolean {
  const times = timeDimensions.filter(({ granularity }) => granularity !== null);
  const timeNames = times.flatMap((time) => [time.name, `${time.name}.${time.granularity!.name}`]);
  return (
    [...measures, ...dimensions].some((item) => item.name === name) || timeNames.includes(name)
  );
}

function nameOf(column: PlanColumn): string {
  const name = askedName(column.member);
  return column.granularity === null ? name : `${name}.${column.granularity}`;
}

/** The first time column; else the first measure, largest first, where there are groups; else the first column. */
function defaultOrder(request: Request, columns: readonly PlanColumn[]): SortKey[] {
  const find = (kind: PlanColumn['kind']): number =>
    columns.findIndex((column) => column.kind === kind);
  const time = find('time-dimension');
  if (time >= 0) return [{ column: time, descending: false }];
  const measure = find('measure');
  const dimension = find('dimension');
  if (measure >= 0 && dimension >= 0) return [{ column: measure, descending: true }];
  return dimension >= 0 && !request.ungrouped ? [{ column: dimension, descending: false }] : [];
}
