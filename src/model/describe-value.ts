import type { DeclaredValue } from '../syntax/declaration.ts';

/** What a value is, for messages: `a text`, `the reference Orders.count`. */
export function describeValue(value: DeclaredValue): string {
  switch (value.kind) {
    case 'scalar':
      return value.value === null
        ? 'null'
        : `a ${typeof value.value === 'string' ? 'text' : typeof value.value}`;
    case 'list':
      return 'a list';
    case 'object':
      return 'an object';
    case 'template':
      return 'a text with references';
    case 'reference':
      return `the reference ${value.path.join('.')}`;
    case 'opaque':
      return value.what;
  }
}
