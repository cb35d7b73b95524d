import type { AnyNode, Identifier, Program, TemplateLiteral } from 'acorn';
import type { WireDiagnostic, WirePiece, WireSite } from '../syntax/guest-abi.ts';
import type { TemplateParts } from './compile-file.ts';
import { rewriteModule } from './module-syntax.ts';
import { emptyModuleTable } from './module-table.ts';
import { evaluatedNames } from './reference-properties.data.ts';
import { rewriteNode } from './rewrite-node.ts';
import { rewritePattern } from './rewrite-pattern.ts';
import { Scope } from './scope.ts';
import { staticPieces } from './static-site.ts';
import { lexicalNames, patternNames, varNames } from './syntax-tree.ts';

/** Values that are no claim whatever happens. */
const plainTypes = new Set([
  'Literal',
  'ArrowFunctionExpression',
  'FunctionExpression',
  'ObjectExpression',
  'ArrayExpression',
  'UnaryExpression',
  'ClassExpression',
]);

/**
 * Rewrites a file by offsets into calls of the guest interface that `guest-abi` tells of. Line
 * breaks are kept, so that lines of errors are lines of the file.
 */
export class Rewriter {
  readonly sites: WireSite[] = [[0, 0]];
  readonly templates: (TemplateParts | null)[] = [null];
  readonly calls: unknown[] = [[0, 0, [0, 0]]];
  readonly diagnostics: WireDiagnostic[] = [];
  /** Rest parameters that are handed their list whole. */
  readonly lists = new Set<AnyNode>();
  readonly table = emptyModuleTable();
  readonly content: string;
  /** What the guest interface is called in this file: no name of the file. */
  readonly guest: string;
  readonly #file: number;
  readonly #hasVars: boolean;
  /** Code that reads what an imported name is bound to by then. */
  readonly #imported = new Map<string, string>();
  #scope = new Scope(null, new Set());
  /** Inside code that runs when every cube is known, and reads free names through the guest interface. */
  #late = false;

  constructor(content: string, file: number) {
    this.content = content;
    this.#file = file;
    this.#hasVars = content.includes('var');
    let guest = '$';
    while (content.includes(guest)) guest = `$${guest}`;
    this.guest = guest;
  }

  get scope(): Scope {
    return this.#scope;
  }

  program(program: Program): string {
    const names = this.#scope.names;
    lexicalNames(program.body, names);
    this.#varNames(program, names);
    return `(function (${this.guest}) { 'use strict';${rewriteModule(program, this)}\n})`;
  }

  report(
    code: string,
    message: string,
    node: { start: number; end: number },
    help = '',
    severity: 0 | 1 = 0,
  ): void {
    if (this.diagnostics.length >= 100) return;
    this.diagnostics.push([code, severity, message, this.#file, node.start, node.end, help]);
  }

  /** A value that the syntax tree tells whole. */
  staticSite(node: AnyNode, pieces: readonly WirePiece[]): string {
    const site = this.sites.push([node.start, node.end, ...pieces]) - 1;
    this.templates.push(null);
    return `${this.guest}.s(${site})`;
  }

  /** A site whose value the guest makes; `late` code runs when every cube is known. */
  evaluatedSite(
    node: AnyNode,
    method: string,
    parts: TemplateParts | null,
    code: () => string,
  ): string {
    const site = this.sites.push([node.start, node.end]) - 1;
    this.templates.push(parts);
    return `${this.guest}.${method}(${site}, ${this.#late ? code() : this.#inLateCode(code)})`;
  }

  #inLateCode(code: () => string): string {
    this.#late = true;
    const text = code();
    this.#late = false;
    return text;
  }

  staticPieces(node: AnyNode): WirePiece[] | null {
    return staticPieces(node, this.content, this.#scope);
  }

  /** The text of a node, rewritten. */
  rewrite(node: AnyNode): string {
    return rewriteNode(node, this);
  }

  /** A binding or assignment pattern: its names stay, what it computes is rewritten. */
  pattern(node: AnyNode): string {
    return rewritePattern(node, this);
  }

  /** A function's text from its parameters on, in its own scope. */
  function(
    node: Extract<
      AnyNode,
      { type: 'FunctionExpression' | 'ArrowFunctionExpression' | 'FunctionDeclaration' }
    >,
  ): string {
    const names = new Set<string>();
    if (node.type === 'FunctionExpression' && node.id) names.add(node.id.name);
    for (const param of node.params) patternNames(param, names);
    if (node.body.type === 'BlockStatement') {
      lexicalNames(node.body.body, names);
      this.#varNames(node.body, names);
    }
    return this.#inScope(names, () =>
      this.replace(node, [
        ...node.params.map((param): [AnyNode, string] => [param, this.pattern(param)]),
        [node.body, this.rewrite(node.body)],
      ]),
    );
  }

  identifier(node: Identifier): string {
    const { name } = node;
    const binding = this.#scope.bindingOf(name);
    if (binding === 'local' || name === 'arguments' || name === 'undefined') return name;
    const quoted = `'${name}'`;
    if (binding === 'module') {
      const text = this.moduleBinding(name);
      return this.#late ? `${this.guest}.b(${quoted}, ${text})` : text;
    }
    if (name === 'module' || name === 'exports') {
      this.table.isOpen = true;
      return name === 'module' ? `${this.guest}.m` : `${this.guest}.m.exports`;
    }
    if (name === 'require') return this.#looseRequire(node);
    return this.#late && name !== 'NaN' && name !== 'Infinity'
      ? `${this.guest}.n(${quoted})`
      : name;
  }

  /** Names of `var`, a word that cannot be written with escapes: most files need not be searched. */
  #varNames(node: AnyNode, names: Set<string>): void {
    if (this.#hasVars) varNames(node, names);
  }

  bindImport(local: string, text: string): void {
    this.#imported.set(local, text);
  }

  /** Code that reads a name of the file's top level: imported ones are read anew each time. */
  moduleBinding(name: string): string {
    return this.#imported.get(name) ?? name;
  }

  isImported(name: string): boolean {
    return this.#imported.has(name) && this.#scope.bindingOf(name) === 'module';
  }

  #looseRequire(node: Identifier): string {
    const message = 'require takes the name of one file, as a text';
    this.report('schema/unsupported-syntax', message, node, "write require('./file')");
    return `${this.guest}.q`;
  }

  template(node: TemplateLiteral): string {
    return this.replace(
      node,
      node.expressions.map((item): [AnyNode, string] => {
        const text = this.rewrite(item);
        return [item, item.type === 'Literal' ? text : `${this.guest}.u(${text})`];
      }),
    );
  }

  inBlock(node: AnyNode, code: () => string): string {
    const names = new Set<string>();
    if (node.type === 'BlockStatement' || node.type === 'StaticBlock')
      lexicalNames(node.body, names);
    else if (node.type === 'SwitchStatement')
      lexicalNames(
        node.cases.flatMap((item) => item.consequent),
        names,
      );
    else if (node.type === 'ForStatement' && node.init) lexicalNames([node.init], names);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement')
      lexicalNames([node.left], names);
    else if (node.type === 'CatchClause') patternNames(node.param, names);
    else if (node.type === 'ClassExpression' && node.id) names.add(node.id.name);
    return names.size === 0 ? code() : this.#inScope(names, code);
  }

  #inScope(names: Set<string>, code: () => string): string {
    const outer = this.#scope;
    this.#scope = new Scope(outer, names);
    const text = code();
    this.#scope = outer;
    return text;
  }

  slice(node: AnyNode): string {
    return this.content.slice(node.start, node.end);
  }

  /** A node's text with children rewritten, those in `tests` guarded against claims. */
  splice(
    node: AnyNode,
    children: readonly AnyNode[],
    tests: readonly AnyNode[] = [],
    guard: 'c' | 'o' = 'c',
  ): string {
    return this.replace(
      node,
      children.map((child): [AnyNode, string] => {
        const text = this.rewrite(child);
        const isTest = tests.includes(child) && this.canBeClaim(child);
        return [
          child,
          isTest ? `${this.guest}.${guard}(${text}, ${child.start}, ${child.end})` : text,
        ];
      }),
    );
  }

  /** Whether a value may be a claim, as far as its syntax tells. */
  canBeClaim(node: AnyNode): boolean {
    return !plainTypes.has(node.type) && !isPlainName(node);
  }

  /** A node's text with parts of it replaced, in order. */
  replace(node: AnyNode, parts: readonly (readonly [AnyNode, string])[]): string {
    let text = '';
    let from = node.start;
    for (const [part, replacement] of parts) {
      text += this.content.slice(from, part.start) + replacement;
      from = part.end;
    }
    return text + this.content.slice(from, node.end);
  }
}

function isPlainName(node: AnyNode): boolean {
  return node.type === 'Identifier' && evaluatedNames.has(node.name);
}
