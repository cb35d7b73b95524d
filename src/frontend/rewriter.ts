import type { AnyNode, Program, TemplateLiteral } from 'acorn';
import type { WireDiagnostic, WirePiece, WireSite } from '../syntax/guest-abi.ts';
import { callTree } from './call-tree.ts';
import type { TemplateParts } from './compile-file.ts';
import { rewriteModule } from './module-syntax.ts';
import { evaluatedNames } from './reference-properties.data.ts';
import { rewriteObject } from './rewrite-object.ts';
import { Scope } from './scope.ts';
import { staticPieces } from './static-site.ts';
import { childrenOf, isFunction, lexicalNames, patternNames, propertyName, varNames } from './syntax-tree.ts';

const definers = new Set(['cube', 'view', 'context']);
/** Module names that the guest interface stands in for. */
const moduleNames = new Map([
  ['require', 'r'],
  ['module', 'm'],
  ['exports', 'm.exports'],
]);
const comparisons = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>=', 'in', 'instanceof']);
/** Values that are no claim whatever happens. */
const plainTypes = new Set(['Literal', 'TemplateLiteral', 'ArrowFunctionExpression', 'FunctionExpression', 'ObjectExpression', 'ArrayExpression', 'BinaryExpression', 'UnaryExpression', 'ClassExpression']);

/**
 * Rewrites a file by offsets into calls of the guest interface that `guest-abi` tells of. Line
 * breaks are kept, so that lines of errors are lines of the file.
 */
export class Rewriter {
  readonly sites: WireSite[] = [[0, 0]];
  readonly templates: (TemplateParts | null)[] = [null];
  readonly calls: unknown[] = [[0, 0, [0, 0]]];
  readonly diagnostics: WireDiagnostic[] = [];
  readonly content: string;
  /** What the guest interface is called in this file: no name of the file. */
  readonly guest: string;
  readonly #file: number;
  #scope = new Scope(null, new Set());
  /** Inside code that runs when every cube is known, and reads free names through the guest interface. */
  #late = false;

  constructor(content: string, file: number) {
    this.content = content;
    this.#file = file;
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
    varNames(program, names);
    return `(function (${this.guest}) { 'use strict';${rewriteModule(program, this)}\n})`;
  }

  report(code: string, message: string, node: { start: number; end: number }, help = '', severity: 0 | 1 = 0): void {
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
  evaluatedSite(node: AnyNode, method: string, parts: TemplateParts | null, code: () => string): string {
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
    switch (node.type) {
      case 'Identifier':
        return this.#identifier(node.name);
      case 'MemberExpression':
        return this.#splice(node, node.computed ? [node.object, node.property] : [node.object]);
      case 'ObjectExpression':
        return rewriteObject(node, this);
      case 'TemplateLiteral':
        return this.#template(node);
      case 'TaggedTemplateExpression':
        return this.#splice(node, [node.tag, ...node.quasi.expressions]);
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#new(node);
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return this.#inBlock(node, () => this.#splice(node, childrenOf(node), node.test ? [node.test] : []));
      case 'LogicalExpression':
        return this.#splice(node, [node.left, node.right], [node.left]);
      case 'UnaryExpression': {
        const isTest = node.operator === '!' || (node.operator === 'typeof' && node.argument.type !== 'Identifier');
        if (node.operator === 'typeof' && !isTest) return this.#slice(node);
        return this.#splice(node, [node.argument], isTest ? [node.argument] : []);
      }
      case 'BinaryExpression':
        if (node.left.type === 'PrivateIdentifier') return this.#splice(node, [node.right]);
        return this.#splice(node, [node.left, node.right], comparisons.has(node.operator) ? [node.left, node.right] : []);
      case 'SwitchStatement':
        return this.#inBlock(node, () => this.#splice(node, childrenOf(node), [node.discriminant]));
      case 'SwitchCase':
        return this.#splice(node, childrenOf(node), node.test ? [node.test] : []);
      case 'AssignmentExpression':
        return this.#replace(node, [[node.left, this.pattern(node.left)], [node.right, this.rewrite(node.right)]]);
      case 'UpdateExpression':
        return this.#replace(node, [[node.argument, this.pattern(node.argument)]]);
      case 'VariableDeclarator':
        return this.#declarator(node);
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#inBlock(node, () => {
          const left = node.left.type === 'VariableDeclaration' ? this.rewrite(node.left) : this.pattern(node.left);
          return this.#replace(node, [[node.left, left], [node.right, this.rewrite(node.right)], [node.body, this.rewrite(node.body)]]);
        });
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.function(node);
      case 'CatchClause':
        return this.#inBlock(node, () => {
          const param: [AnyNode, string][] = node.param ? [[node.param, this.pattern(node.param)]] : [];
          return this.#replace(node, [...param, [node.body, this.rewrite(node.body)]]);
        });
      case 'ClassExpression':
      case 'ClassDeclaration':
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#inBlock(node, () => this.#splice(node, childrenOf(node)));
      case 'MethodDefinition':
      case 'PropertyDefinition': {
        const parts: AnyNode[] = node.computed ? [node.key] : [];
        if (node.value) parts.push(node.value);
        return this.#splice(node, parts);
      }
      case 'ImportExpression':
        this.report('schema/unsupported-syntax', 'import() is not available in schema files', node, "write import { x } from './file' at the top of the file");
        return 'undefined';
      case 'MetaProperty':
        if (node.meta.name === 'import') {
          this.report('schema/unsupported-syntax', 'import.meta is not available in schema files', node);
          return '({})';
        }
        return this.#slice(node);
      default:
        return this.#splice(node, childrenOf(node));
    }
  }

  /** A binding or assignment pattern: its names stay, what it computes is rewritten. */
  pattern(node: AnyNode): string {
    switch (node.type) {
      case 'Identifier':
        return node.name;
      case 'MemberExpression':
        return this.rewrite(node);
      case 'AssignmentPattern':
        return this.#replace(node, [[node.left, this.pattern(node.left)], [node.right, this.rewrite(node.right)]]);
      case 'RestElement':
        return this.#replace(node, [[node.argument, this.pattern(node.argument)]]);
      case 'ArrayPattern':
        return this.#replace(node, node.elements.flatMap((item): [AnyNode, string][] => (item ? [[item, this.pattern(item)]] : [])));
      case 'ObjectPattern':
        return this.#replace(node, node.properties.map((property): [AnyNode, string] => {
          if (property.type === 'RestElement') return [property, this.pattern(property)];
          if (property.shorthand) return [property, this.pattern(property.value)];
          const key: [AnyNode, string][] = property.computed ? [[property.key, this.rewrite(property.key)]] : [];
          return [property, this.#replace(property, [...key, [property.value, this.pattern(property.value)]])];
        }));
      default:
        return this.rewrite(node);
    }
  }

  /** A function's text from its parameters on, in its own scope. */
  function(node: Extract<AnyNode, { type: 'FunctionExpression' | 'ArrowFunctionExpression' | 'FunctionDeclaration' }>): string {
    const names = new Set<string>();
    if (node.type === 'FunctionExpression' && node.id) names.add(node.id.name);
    for (const param of node.params) patternNames(param, names);
    if (node.body.type === 'BlockStatement') {
      lexicalNames(node.body.body, names);
      varNames(node.body, names);
    }
    return this.#inScope(names, () => this.#replace(node, [
      ...node.params.map((param): [AnyNode, string] => [param, this.pattern(param)]),
      [node.body, this.rewrite(node.body)],
    ]));
  }

  #identifier(name: string): string {
    const binding = this.#scope.bindingOf(name);
    if (binding === 'local' || name === 'arguments' || name === 'undefined') return name;
    const quoted = `'${name}'`;
    if (binding === 'module') return this.#late ? `${this.guest}.b(${quoted}, ${name})` : name;
    const standIn = moduleNames.get(name);
    if (standIn !== undefined) return `${this.guest}.${standIn}`;
    return this.#late && name !== 'NaN' && name !== 'Infinity' ? `${this.guest}.n(${quoted})` : name;
  }

  #template(node: TemplateLiteral): string {
    return this.#replace(node, node.expressions.map((item): [AnyNode, string] => {
      const text = this.rewrite(item);
      return [item, item.type === 'Literal' ? text : `${this.guest}.u(${text})`];
    }));
  }

  #call(node: Extract<AnyNode, { type: 'CallExpression' }>): string {
    const { callee } = node;
    const values = node.arguments.map((item): [AnyNode, string] => [item, this.rewrite(item)]);
    if (callee.type === 'Identifier' && definers.has(callee.name) && this.#scope.bindingOf(callee.name) === 'free') {
      const call = this.calls.push(callTree(node.arguments)) - 1;
      return this.#replace(node, [[callee, `${this.guest}.d(${call}, ${this.rewrite(callee)})`], ...values]);
    }
    const [first] = node.arguments;
    if (callee.type === 'MemberExpression' && first && isFunction(first)) {
      const method = propertyName(callee.property, callee.computed);
      if (method === 'filter' || method === 'requiredFilter') {
        // What an error shows of the function is its own text, not the rewritten one.
        const text = JSON.stringify(this.content.slice(first.start, Math.min(first.end, first.start + 200)));
        values[0] = [first, `${this.guest}.w(${text}, ${values[0]![1]})`];
      }
    }
    return this.#replace(node, [[callee, this.rewrite(callee)], ...values]);
  }

  #new(node: Extract<AnyNode, { type: 'NewExpression' }>): string {
    // `new $.n('A')()` would construct what `$.n` is.
    const callee: [AnyNode, string] = [node.callee, `(${this.rewrite(node.callee)})`];
    return this.#replace(node, [callee, ...node.arguments.map((item): [AnyNode, string] => [item, this.rewrite(item)])]);
  }

  #declarator(node: Extract<AnyNode, { type: 'VariableDeclarator' }>): string {
    const { id, init } = node;
    if (!init) return this.#replace(node, [[id, this.pattern(id)]]);
    const isTop = this.#scope.names.size > 0 && id.type === 'Identifier' && this.#scope.bindingOf(id.name) === 'module';
    const [piece] = (isTop && this.staticPieces(init)) || [];
    if (Array.isArray(piece) && piece[0] === 5) {
      this.report('schema/claim-outside-member', 'a claim has no value while files are compiled', init, 'write ${SECURITY_CONTEXT.x.unsafeValue()} inside the SQL text where the value belongs');
    }
    return this.#replace(node, [[id, this.pattern(id)], [init, this.rewrite(init)]]);
  }

  #inBlock(node: AnyNode, code: () => string): string {
    const names = new Set<string>();
    if (node.type === 'BlockStatement' || node.type === 'StaticBlock') lexicalNames(node.body, names);
    else if (node.type === 'SwitchStatement') lexicalNames(node.cases.flatMap((item) => item.consequent), names);
    else if (node.type === 'ForStatement' && node.init) lexicalNames([node.init], names);
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') lexicalNames([node.left], names);
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

  #slice(node: AnyNode): string {
    return this.content.slice(node.start, node.end);
  }

  /** A node's text with children rewritten, those in `tests` guarded against claims. */
  #splice(node: AnyNode, children: readonly AnyNode[], tests: readonly AnyNode[] = []): string {
    return this.#replace(node, children.map((child): [AnyNode, string] => {
      const text = this.rewrite(child);
      const isTest = tests.includes(child) && !plainTypes.has(child.type) && !isPlainName(child);
      return [child, isTest ? `${this.guest}.c(${text}, ${child.start}, ${child.end})` : text];
    }));
  }

  /** A node's text with parts of it replaced, in order. */
  #replace(node: AnyNode, parts: readonly (readonly [AnyNode, string])[]): string {
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
