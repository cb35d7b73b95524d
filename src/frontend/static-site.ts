import type { AnyNode, Expression, Super, TemplateLiteral } from 'acorn';
import type { WirePiece } from '../syntax/guest-abi.ts';
import { contextNames, evaluatedNames } from './reference-properties.data.ts';
import type { Scope } from './scope.ts';
import { propertyName } from './syntax-tree.ts';

/**
 * What a value means by its syntax alone: text, references, claims and filters. null: it has to be
 * evaluated.
 */
export function staticPieces(node: AnyNode, content: string, scope: Scope): WirePiece[] | null {
  return new StaticReader(content, scope).pieces(node);
}

/** A quasi of a template: offsets where the text stands verbatim, else the text. */
export function quasiPiece(
  quasi: TemplateLiteral['quasis'][number],
  content: string,
): WirePiece | null {
  const cooked = quasi.value.cooked ?? '';
  if (cooked === '') return null;
  const isVerbatim = content.slice(quasi.start, quasi.end) === cooked;
  return isVerbatim ? [0, quasi.start, quasi.end] : cooked;
}

/** Property names from a root identifier on. */
interface Chain {
  readonly root: string;
  readonly path: readonly string[];
}

const methods = new Set(['filter', 'requiredFilter', 'unsafeValue']);

class StaticReader {
  readonly #content: string;
  readonly #scope: Scope;

  constructor(content: string, scope: Scope) {
    this.#content = content;
    this.#scope = scope;
  }

  pieces(node: AnyNode): WirePiece[] | null {
    switch (node.type) {
      case 'TemplateLiteral':
        return this.#template(node);
      case 'ChainExpression':
        return this.pieces(node.expression);
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'number'
          ? [String(node.value)]
          : null;
      case 'CallExpression':
        return this.#call(node);
      case 'Identifier':
      case 'MemberExpression':
        return this.#member(node);
      default:
        return null;
    }
  }

  #template(node: TemplateLiteral): WirePiece[] | null {
    const pieces: WirePiece[] = [];
    for (const [index, quasi] of node.quasis.entries()) {
      const text = quasiPiece(quasi, this.#content);
      if (text !== null) pieces.push(text);
      const expression = node.expressions[index];
      if (!expression) continue;
      const inner = this.pieces(expression);
      if (inner === null) return null;
      pieces.push(...inner);
    }
    return pieces;
  }

  #member(node: AnyNode): WirePiece[] | null {
    const chain = this.#chain(node);
    if (!chain) return null;
    const { root, path } = chain;
    if (!contextNames.has(root)) return [[1, node.start, node.end, 0, root, ...path]];
    if (path.length === 0 || path.some((name) => methods.has(name))) return null;
    return [[4, node.start, node.end, ...path]];
  }

  #call(node: Extract<AnyNode, { type: 'CallExpression' }>): WirePiece[] | null {
    const { callee, arguments: values } = node;
    if (callee.type !== 'MemberExpression' || callee.property.type === 'PrivateIdentifier')
      return null;
    const method = propertyName(callee.property, callee.computed);
    const chain = this.#chain(callee.object);
    if (!chain || method === undefined) return null;
    const { root, path } = chain;
    if (!contextNames.has(root)) {
      const isSource = method === 'sql' && path.length === 0 && values.length === 0;
      return isSource ? [[1, node.start, node.end, 1, root]] : null;
    }
    if (path.length === 0 || path.some((name) => methods.has(name))) return null;
    if (method === 'unsafeValue') {
      return values.length === 0 ? [[5, node.start, node.end, ...path]] : null;
    }
    const [column] = values;
    if (!column || values.length > 1 || (method !== 'filter' && method !== 'requiredFilter'))
      return null;
    if (column.type !== 'Literal' && column.type !== 'TemplateLiteral') return null;
    const pieces = this.pieces(column);
    if (pieces === null || pieces.length === 0) return null;
    const required = method === 'requiredFilter' ? 1 : 0;
    return [[2, node.start, node.end, required, path.length, ...path, ...pieces]];
  }

  /** undefined for anything but names from an identifier that nothing in the file binds. */
  #chain(node: Expression | Super | AnyNode): Chain | undefined {
    if (node.type === 'ChainExpression') return this.#chain(node.expression);
    if (node.type === 'Identifier') {
      const isFree = this.#scope.bindingOf(node.name) === 'free' && !evaluatedNames.has(node.name);
      return isFree ? { root: node.name, path: [] } : undefined;
    }
    if (node.type !== 'MemberExpression' || node.property.type === 'PrivateIdentifier')
      return undefined;
    const name = propertyName(node.property, node.computed);
    const chain = name === undefined ? undefined : this.#chain(node.object);
    return chain && { root: chain.root, path: [...chain.path, name!] };
  }
}
