import { didYouMean } from '../core/suggest.ts';
import { asked, say, word } from '../core/told.ts';
import type { QueryReader } from './query-reader.ts';
import { filterOperators } from './request.ts';
import type { FilterOperator, FilterValue, RequestedFilter } from './request.ts';

const deepest = 32;
const mostFilters = 1_000;
const mostValues = 100_000;
const longestText = 65_536;

/** Decodes the `filters` of a query; groups may nest. */
export function decodeFilters(value: unknown, reader: QueryReader): RequestedFilter[] {
  return new FilterDecoder(reader).list(value, 'filters', 0);
}

class FilterDecoder {
  readonly #reader: QueryReader;
  #filters = 0;

  constructor(reader: QueryReader) {
    this.#reader = reader;
  }

  list(value: unknown, path: string, depth: number): RequestedFilter[] {
    if (depth > deepest) {
      this.#reader.report('query/too-deep', path, say`filters nest deeper than ${deepest} groups`);
      return [];
    }
    const items = this.#reader.list(value, path);
    this.#filters += items.length;
    if (this.#filters > mostFilters) {
      this.#reader.report(
        'query/too-long',
        path,
        say`the query has more than ${mostFilters} filters`,
      );
      return [];
    }
    return items.flatMap((item, index) => this.#filter(item, `${path}[${index}]`, depth) ?? []);
  }

  #filter(value: unknown, path: string, depth: number): RequestedFilter | null {
    const filter = this.#reader.object(value, path, 'a filter');
    if (filter === null) return null;
    const operator = 'and' in filter ? 'and' : 'or' in filter ? 'or' : null;
    if (operator === null) return this.#leaf(filter, path);
    this.#reader.knownKeys(filter, path, [operator]);
    const place = `${path}.${operator}`;
    return {
      kind: 'group',
      operator,
      items: this.list(filter[operator], place, depth + 1),
      path: place,
    };
  }

  #leaf(filter: Readonly<Record<string, unknown>>, path: string): RequestedFilter | null {
    const reader = this.#reader;
    reader.knownKeys(filter, path, ['member', 'dimension', 'operator', 'values']);
    const key = 'member' in filter || !('dimension' in filter) ? 'member' : 'dimension';
    const name = filter[key];
    if (typeof name !== 'string') {
      reader.report(
        'query/bad-member',
        `${path}.${key}`,
        `a filter names its member: { member: 'Orders.status', operator: 'equals', values: ['new'] }`,
      );
      return null;
    }
    const operator = this.#operator(filter['operator'], `${path}.operator`);
    const values = this.#values(filter['values'], `${path}.values`);
    if (operator === null || values === null) return null;
    if (!this.#count(operator, values, `${path}.values`)) return null;
    return { kind: 'leaf', name, path: `${path}.${key}`, place: path, operator, values };
  }

  #operator(value: unknown, path: string): FilterOperator | null {
    if (typeof value === 'string' && Object.hasOwn(filterOperators, value))
      return value as FilterOperator;
    const names = Object.keys(filterOperators);
    const hint = typeof value === 'string' ? didYouMean(value, names) : undefined;
    const help = asked(hint ?? `known are ${names.join(', ')}`);
    this.#reader.report(
      'query/bad-operator',
      path,
      say`${this.#reader.show(value)} is not a filter operator; ${help}`,
    );
    return null;
  }

  #values(value: unknown, path: string): FilterValue[] | null {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || value.length > mostValues) {
      this.#reader.report(
        'query/bad-values',
        path,
        say`values must be a list of at most ${mostValues} values`,
      );
      return null;
    }
    const values = value as readonly unknown[];
    const wrong = values.findIndex((item) => !isFilterValue(item));
    if (wrong < 0) return values as FilterValue[];
    this.#reader.report(
      'query/bad-values',
      `${path}[${wrong}]`,
      'a value must be a text (no NUL, at most 65,536 characters), a finite number, true, false or null',
    );
    return null;
  }

  #count(operator: FilterOperator, values: readonly FilterValue[], path: string): boolean {
    const wanted = filterOperators[operator];
    const { length } = values;
    if (wanted === 'ignored') return true;
    if (
      wanted === 'some'
        ? length > 0
        : wanted === 'one'
          ? length === 1
          : length === 1 || length === 2
    ) {
      return true;
    }
    const count = {
      some: 'at least one value',
      one: 'exactly one value',
      range: 'one or two dates',
    }[wanted];
    const message = say`${word(operator)} needs ${asked(count)}, not ${length}`;
    this.#reader.report('query/bad-value-count', path, message);
    return false;
  }
}

function isFilterValue(value: unknown): value is FilterValue {
  switch (typeof value) {
    case 'string':
      return value.length <= longestText && !value.includes('\0') && value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
    case 'bigint':
      return true;
    default:
      return value === null;
  }
}
