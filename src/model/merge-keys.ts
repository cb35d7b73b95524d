import type { DeclaredValue } from '../syntax/declaration.ts';
import { propertiesOf } from './shapes.ts';

/** Properties that are merged by name where a definition extends another: the child's wins. */
export const namedKeys: ReadonlySet<string> = new Set([
  'measures',
  'dimensions',
  'segments',
  'joins',
  'hierarchies',
  'pre_aggregations',
]);
/** The base's, then the child's. */
export const listKeys: ReadonlySet<string> = new Set(['access_policy', 'cubes', 'folders']);

/** A property's name, whatever its spelling. */
export function keyOf(key: string): string {
  return (propertiesOf('cube').get(key) ?? propertiesOf('view').get(key))?.key ?? key;
}

/** The name of an item of a list; an item without one is itself. */
export function itemName(item: DeclaredValue): unknown {
  const name = item.kind === 'object' ? item.entries.get('name') : undefined;
  return name?.kind === 'scalar' ? name.value : item;
}
