import { present, sum, type Value } from './values.ts';

export type Aggregate = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max' | 'raw';

/** What SQL makes of the values of some rows. `isTotal`: they are all rows, not those of a group. */
export function aggregated(aggregate: Aggregate, values: readonly Value[], isTotal = false): Value {
  const found = present(values);
  const numbers = found.map(Number);
  switch (aggregate) {
    case 'count':
      return found.length;
    case 'countDistinct':
      return new Set(found).size;
    case 'sum':
      return sum(numbers);
    case 'avg':
      return found.length === 0 ? null : sum(numbers)! / found.length;
    case 'min':
      return found.length === 0 ? null : Math.min(...numbers);
    case 'max':
      return found.length === 0 ? null : Math.max(...numbers);
    case 'raw':
      // `count(*) + 1`: a group without rows of the cube has no such number, for nothing is calculated there.
      return found.length === 0 && !isTotal ? null : found.length + 1;
  }
}
