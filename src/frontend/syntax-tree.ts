import type { AnyNode } from 'acorn';
import { visitorKeys } from './visitor-keys.data.ts';

/** Line breaks of a part of a text. */
export function lineBreaks(text: string, start = 0, end = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    count++;
  }
  return count;
}

/** Child nodes in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (
      node as unknown as Record<string, AnyNode | (AnyNode | null)[] | null | undefined>
    )[key];
    if (Array.isArray(child)) {
      for (const item of child) if (item) children.push(item);
    } else if (child) children.push(child);
  }
  return children;
}

/** Names that a binding pattern declares. */
export function patternNames(pattern: AnyNode | null | undefined, names: Set<string>): void {
  switch (pattern?.type) {
    case 'Identifier':
      names.add(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        patternNames(property.type === 'RestElement' ? property.argument : property.value, names);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) patternNames(element, names);
      return;
    case 'RestElement':
      return patternNames(pattern.argument, names);
    case 'AssignmentPattern':
      return patternNames(pattern.left, names);
    default:
      return;
  }
}

/** Names declared directly in a list of statements: `let`, `const`, classes, functions, imports. */
export function lexicalNames(statements: readonly AnyNode[], names: Set<string>): void {
  for (const statement of statements) {
    switch (statement.type) {
      case 'VariableDeclaration':
        for (const declarator of statement.declarations) patternNames(declarator.id, names);
        break;
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (statement.id) names.add(statement.id.name);
        break;
      case 'ImportDeclaration':
        for (const specifier of statement.specifiers) names.add(specifier.local.name);
        break;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        if (statement.declaration) lexicalNames([statement.declaration], names);
        break;
      default:
        break;
    }
  }
}

/** Names that `var` declares anywhere in a function's body, or at the top level of a file. */
export function varNames(node: AnyNode, names: Set<string>): void {
  for (const child of childrenOf(node)) {
    if (child.type === 'VariableDeclaration' && child.kind === 'var') {
      for (const declarator of child.declarations) patternNames(declarator.id, names);
    }
    if (!isFunction(child) && child.type !== 'ClassBody') varNames(child, names);
  }
}

export function isFunction(
  node: AnyNode,
): node is Extract<
  AnyNode,
  { type: 'FunctionExpression' | 'ArrowFunctionExpression' | 'FunctionDeclaration' }
> {
  return (
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionDeclaration'
  );
}

/** A property's name as written, when the text alone tells it. */
export function propertyName(key: AnyNode, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')) {
    return String(key.value);
  }
  if (key.type === 'TemplateLiteral' && key.expressions.length === 0) {
    return key.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}
