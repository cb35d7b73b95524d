import type { Span } from '../core/span.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { ReadContext } from './property-reader.ts';

/** One of the things that an object or a list holds by name. */
export interface NamedEntry {
  readonly name: string;
  readonly value: DeclaredValue;
  /** Where the name stands. */
  readonly span: () => Span;
}

/** `{ count: {...} }` and `[{ name: 'count', ... }]` say the same. */
export function namedEntries(
  value: DeclaredValue | undefined,
  key: string,
  context: ReadContext,
): NamedEntry[] {
  if (value?.kind === 'object') {
    return [...value.entries].map(([name, item]) => ({
      name,
      value: item,
      span: () => context.locate(item.place, 'name'),
    }));
  }
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) => {
    const name = item.kind === 'object' ? item.entries.get('name') : undefined;
    if (item.kind !== 'object' || name?.kind !== 'scalar' || typeof name.value !== 'string') {
      const span = context.locate(item.place);
      context.report(
        item.kind === 'object' && !name
          ? reportModel('model/missing-key', { key: 'name', what: `item of ${key}` }, { span })
          : reportModel('model/bad-list-item', { key }, { span }),
      );
      return [];
    }
    const entries = new Map(item.entries);
    entries.delete('name');
    const span = () => context.locate(name.place);
    return [{ name: name.value, value: { ...item, entries }, span }];
  });
}
