import type { AnyNode } from 'acorn';
import type { Rewriter } from './rewriter.ts';

/** A binding or assignment pattern: its names stay, what it computes is rewritten. */
export function rewritePattern(node: AnyNode, rewriter: Rewriter): string {
  switch (node.type) {
    case 'Identifier':
      if (rewriter.isImported(node.name)) {
        const message = `'${node.name}' is imported, and cannot be assigned here`;
        rewriter.report('schema/syntax', message, node, 'change it in the file that exports it');
        return `${rewriter.guest}.q().assigned`;
      }
      return node.name;
    case 'MemberExpression':
      return rewriter.rewrite(node);
    case 'AssignmentPattern':
      return rewriter.replace(node, [
        [node.left, rewriter.pattern(node.left)],
        [node.right, rewriter.rewrite(node.right)],
      ]);
    case 'RestElement':
      return rewriter.replace(node, [
        [
          node.argument,
          rewriter.lists.has(node)
            ? `[${rewriter.pattern(node.argument)}]`
            : rewriter.pattern(node.argument),
        ],
      ]);
    case 'ArrayPattern':
      return rewriter.replace(
        node,
        node.elements.flatMap((item): [AnyNode, string][] =>
          item ? [[item, rewriter.pattern(item)]] : [],
        ),
      );
    case 'ObjectPattern':
      return rewriter.replace(
        node,
        node.properties.map((property): [AnyNode, string] => {
          if (property.type === 'RestElement') return [property, rewriter.pattern(property)];
          if (property.shorthand) return [property, rewriter.pattern(property.value)];
          const key: [AnyNode, string][] = property.computed
            ? [[property.key, rewriter.rewrite(property.key)]]
            : [];
          return [
            property,
            rewriter.replace(property, [
              ...key,
              [property.value, rewriter.pattern(property.value)],
            ]),
          ];
        }),
      );
    default:
      return rewriter.rewrite(node);
  }
}
