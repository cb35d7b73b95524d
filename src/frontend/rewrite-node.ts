import type { AnyNode } from 'acorn';
import { rewriteAssignment, rewriteCall, rewriteDeclarator, rewriteNew } from './rewrite-calls.ts';
import { rewriteEquality, rewriteTypeof } from './rewrite-tests.ts';
import { rewriteObject } from './rewrite-object.ts';
import type { Rewriter } from './rewriter.ts';
import { childrenOf } from './syntax-tree.ts';

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'instanceof']);

/** One syntax node, rewritten; nodes without a case of their own have their children rewritten. */
export function rewriteNode(node: AnyNode, rewriter: Rewriter): string {
  switch (node.type) {
    case 'Literal':
      return rewriter.slice(node);
    case 'Identifier':
      return rewriter.identifier(node);
    case 'MemberExpression':
      return rewriter.splice(node, node.computed ? [node.object, node.property] : [node.object]);
    case 'ObjectExpression':
      return rewriteObject(node, rewriter);
    case 'TemplateLiteral':
      return rewriter.template(node);
    case 'TaggedTemplateExpression':
      return rewriter.splice(node, [node.tag, ...node.quasi.expressions]);
    case 'CallExpression':
      return rewriteCall(node, rewriter);
    case 'NewExpression':
      return rewriteNew(node, rewriter);
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      return rewriter.inBlock(node, () =>
        rewriter.splice(node, childrenOf(node), node.test ? [node.test] : []),
      );
    case 'LogicalExpression':
      return rewriter.splice(
        node,
        [node.left, node.right],
        [node.left],
        node.operator === '??' ? 'o' : 'c',
      );
    case 'UnaryExpression':
      if (node.operator === 'typeof') return rewriteTypeof(node, rewriter);
      return rewriter.splice(node, [node.argument], node.operator === '!' ? [node.argument] : []);
    case 'BinaryExpression':
      if (node.left.type === 'PrivateIdentifier') return rewriter.splice(node, [node.right]);
      if (node.operator === '===' || node.operator === '!==')
        return rewriteEquality(node, rewriter);
      return rewriter.splice(
        node,
        [node.left, node.right],
        comparisons.has(node.operator) ? [node.left, node.right] : [],
        'o',
      );
    case 'SwitchStatement':
      return rewriter.inBlock(node, () =>
        rewriter.splice(node, childrenOf(node), [node.discriminant], 'o'),
      );
    case 'SwitchCase':
      return rewriter.splice(node, childrenOf(node), node.test ? [node.test] : [], 'o');
    case 'AssignmentExpression':
      return rewriteAssignment(node, rewriter);
    case 'UpdateExpression':
      return rewriter.replace(node, [[node.argument, rewriter.pattern(node.argument)]]);
    case 'VariableDeclarator':
      return rewriteDeclarator(node, rewriter);
    case 'ForInStatement':
    case 'ForOfStatement':
      return rewriter.inBlock(node, () => {
        const left =
          node.left.type === 'VariableDeclaration'
            ? rewriter.rewrite(node.left)
            : rewriter.pattern(node.left);
        return rewriter.replace(node, [
          [node.left, left],
          [node.right, rewriter.rewrite(node.right)],
          [node.body, rewriter.rewrite(node.body)],
        ]);
      });
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return rewriter.function(node);
    case 'CatchClause':
      return rewriter.inBlock(node, () => {
        const param: [AnyNode, string][] = node.param
          ? [[node.param, rewriter.pattern(node.param)]]
          : [];
        return rewriter.replace(node, [...param, [node.body, rewriter.rewrite(node.body)]]);
      });
    case 'ClassExpression':
    case 'ClassDeclaration':
    case 'BlockStatement':
    case 'StaticBlock':
      return rewriter.inBlock(node, () => rewriter.splice(node, childrenOf(node)));
    case 'MethodDefinition':
    case 'PropertyDefinition': {
      const parts: AnyNode[] = node.computed ? [node.key] : [];
      if (node.value) parts.push(node.value);
      return rewriter.splice(node, parts);
    }
    case 'ImportExpression':
      rewriter.report(
        'schema/unsupported-syntax',
        'import() is not available in schema files',
        node,
        "write import { x } from './file' at the top of the file",
      );
      return 'undefined';
    case 'MetaProperty':
      if (node.meta.name === 'import') {
        rewriter.report(
          'schema/unsupported-syntax',
          'import.meta is not available in schema files',
          node,
        );
        return '({})';
      }
      return rewriter.slice(node);
    default:
      return rewriter.splice(node, childrenOf(node));
  }
}
