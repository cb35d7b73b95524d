import type { Measure } from '../model/model.ts';
import { didYouMean } from '../core/suggest.ts';
import { isIdentifier } from '../core/names.ts';
import { asked, say, word } from '../core/told.ts';
import { askedName } from './masks.ts';
import type { PlanColumn } from './plan.ts';
import { measureColumn } from './plan-groups.ts';
import type { QueryReader } from './query-reader.ts';
import type { Request, RequestedOrder } from './request.ts';
import type { MemberResolver, Resolved } from './resolve-members.ts';

export interface SortKey {
  readonly column: number;
  readonly descending: boolean;
}

/** A measure that a query names only to sort by it, and where. */
export interface OrderedMeasure extends Resolved<Measure> {
  readonly path: string;
}

export interface PlannedOrder {
  /** Positions among the selected columns, and behind them among those of `measures`. */
  readonly keys: readonly SortKey[];
  readonly measures: readonly OrderedMeasure[];
}

/** What to sort by: what the query says, or the default order of the original. */
export function planOrder(
  request: Request,
  columns: readonly PlanColumn[],
  resolver: MemberResolver,
  reader: QueryReader,
): PlannedOrder {
  if (request.order === null) return { keys: defaultOrder(request, columns), measures: [] };
  const keys = new Map<number, SortKey>();
  const measures: OrderedMeasure[] = [];
  const all = [...columns];
  for (const item of request.order) {
    const { name, path, descending } = item;
    let column = all.findIndex((one) => nameOf(one) === name || askedName(one.member) === name);
    // What the query asks for and does not get is reported where it asks.
    if (column < 0 && isAsked(name, request)) continue;
    if (column < 0) {
      const found = unselected(item, request, columns, resolver, reader);
      if (!found) continue;
      measures.push({ ...found, path });
      column = all.push(measureColumn(found.occurrence.name, found.type)) - 1;
    }
    if (!keys.has(column)) keys.set(column, { column, descending });
  }
  return { keys: [...keys.values()], measures };
}

/** Each group has one value of any measure, and many of a dimension that it is not grouped by; null after reporting. */
function unselected(
  { name, path }: RequestedOrder,
  { ungrouped }: Request,
  columns: readonly PlanColumn[],
  resolver: MemberResolver,
  reader: QueryReader,
): Resolved<Measure> | null {
  const parts = name.split('.');
  if (parts.length !== 2 || !parts.every(isIdentifier)) {
    const names = columns.map(nameOf);
    const hint = asked(didYouMean(name, names) ?? `selected are ${names.join(', ')}`);
    reader.report(
      'query/order-not-selected',
      path,
      say`${reader.show(name)} is not selected, so nothing can be ordered by it; ${hint}`,
    );
    return null;
  }
  const found = resolver.any({ name, path });
  if (!found) return null;
  const { member } = found;
  if (member.kind === 'measure' && !ungrouped) return found as Resolved<Measure>;
  const reason =
    member.kind === 'dimension'
      ? ungrouped
        ? word('is a dimension that is not selected; select it to order by it')
        : word(
            'is a dimension that is not selected: a group has many values of it, and none to be ordered by; select it, or order by a measure',
          )
      : member.kind === 'segment'
        ? word('is a segment, which has no value to be ordered by')
        : word('is a measure, and the rows of an ungrouped query have none');
  reader.report('query/order-not-selected', path, say`${asked(name)} ${reason}`);
  return null;
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
