import type { AnyNode } from 'acorn';
import { propertyName } from './syntax-tree.ts';

/** Where a call's name and the values of its literal stand; the format is told in `guest-abi`. */
export function callTree(values: readonly AnyNode[]): unknown[] {
  const [name] = values;
  const body = values.findLast((value) => value.type === 'ObjectExpression') ?? name;
  return [name?.start ?? 0, name?.end ?? 0, body ? valueTree(body) : [0, 0]];
}

function valueTree(node: AnyNode): unknown[] {
  const tree: unknown[] = [node.start, node.end];
  if (node.type === 'ObjectExpression') {
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') continue;
      const key = propertyName(property.key, property.computed);
      if (key !== undefined) {
        tree.push(key, property.key.start, property.key.end, valueTree(property.value));
      }
    }
  } else if (node.type === 'ArrayExpression') {
    tree.push(null);
    for (const element of node.elements) {
      // After a spread the positions in the text are not those in the list.
      if (element?.type === 'SpreadElement') break;
      tree.push(element ? valueTree(element) : null);
    }
  }
  return tree;
}
