import type { AnyNode, Expression, Super, TemplateLiteral } from 'acorn';
import type { WirePiece } from '../syntax/guest-abi.ts';
import { contextWordsOfColumns } from '../core/context-words.ts';
import { contextNames, evaluatedNames, queryNames } from './reference-properties.data.ts';
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

type Call = Extract<AnyNode, { type: 'CallExpression' }>;

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
    if (queryNames.has(root)) return null;
    const isColumn = path.length === 0 && contextWordsOfColumns.has(root);
    if (isColumn || !contextNames.has(root)) return [[1, node.start, node.end, 0, root, ...path]];
    if (path.length === 0 || path.some((name) => methods.has(name))) return null;
    return [[4, node.start, node.end, ...path]];
  }

  #call(node: Call): WirePiece[] | null {
    const { callee, arguments: values } = node;
    if (callee.type === 'Identifier') return this.#filterGroup(node, callee.name);
    if (callee.type !== 'MemberExpression' || callee.property.type === 'PrivateIdentifier')
      return null;
    const method = propertyName(callee.property, callee.computed);
    const chain = this.#chain(callee.object);
    if (!chain || method === undefined) return null;
    const { root, path } = chain;
    if (queryNames.has(root)) return this.#queryCall(node, [root, ...path, method]);
    if (!contextNames.has(root)) {
      const isSource = method === 'sql' && path.length === 0 && values.length === 0;
      return isSource ? [[1, node.start, node.end, 1, root]] : null;
    }
    if (path.length === 0 || path.some((name) => methods.has(name))) return null;
    if (method === 'unsafeValue') {
      return values.length === 0 ? [[5, node.start, node.end, ...path]] : null;
    }
    if (method !== 'filter' && method !== 'requiredFilter') return null;
    const pieces = this.#column(values);
    if (pieces === null) return null;
    const required = method === 'requiredFilter' ? 1 : 0;
    return [[2, node.start, node.end, required, path.length, ...path, ...pieces]];
  }

  /** The one argument of a call, a text that is not empty. */
  #column([column, ...others]: readonly AnyNode[]): WirePiece[] | null {
    if (others.length > 0) return null;
    if (column?.type !== 'Literal' && column?.type !== 'TemplateLiteral') return null;
    const pieces = this.pieces(column);
    return pieces === null || pieces.every((piece) => piece === '') ? null : pieces;
  }

  /** `FILTER_PARAMS.Cube.member.filter('column')` and `SQL_UTILS.convertTz('column')`. */
  #queryCall(node: Call, path: readonly string[]): WirePiece[] | null {
    const [root, first, second, method] = path;
    const isFilter = root === 'FILTER_PARAMS' && method === 'filter' && path.length === 4;
    const isTime = root === 'SQL_UTILS' && first === 'convertTz' && path.length === 2;
    const pieces = isFilter || isTime ? this.#column(node.arguments) : null;
    if (pieces === null) return null;
    if (isTime) return [[10, node.start, node.end, ...pieces]];
    return [[9, node.start, node.end, [first, second, -1, 0, ...pieces]]];
  }

  /** `FILTER_GROUP(FILTER_PARAMS..., FILTER_PARAMS...)`. */
  #filterGroup(node: Call, name: string): WirePiece[] | null {
    if (name !== 'FILTER_GROUP' || this.#scope.bindingOf(name) !== 'free') return null;
    const filters = node.arguments.flatMap((item): unknown[] => {
      const [piece, ...others] = this.pieces(item) ?? [];
      const isFilter = Array.isArray(piece) && piece[0] === 9 && others.length === 0;
      return isFilter ? (piece.slice(3) as unknown[]) : [null];
    });
    if (filters.length === 0 || filters.includes(null)) return null;
    return [[9, node.start, node.end, ...filters]];
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
