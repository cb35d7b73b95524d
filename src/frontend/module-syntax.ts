import type { AnyNode, Program } from 'acorn';
import type { ImportedName } from './module-table.ts';
import type { Rewriter } from './rewriter.ts';
import { lexicalNames, lineBreaks } from './syntax-tree.ts';

type Statement = Program['body'][number];
type Source = Extract<AnyNode, { type: 'Literal' }>;

/**
 * The statements of a file. Exports become getters and imports loads, both before anything else, so
 * that bindings are live and files that import each other see what is there by then.
 */
export function rewriteModule(program: Program, rewriter: Rewriter): string {
  const { content } = rewriter;
  const head = new ModuleHead(rewriter);
  for (const statement of program.body) head.add(statement);
  let text = '';
  let from = 0;
  // A byte order mark and a hashbang are no part of a function's body.
  if (content.startsWith('\uFEFF')) from = 1;
  if (content.startsWith('#!', from)) {
    text += '//';
    from += 2;
  }
  for (const statement of program.body) {
    const rewritten = rewriteStatement(statement, rewriter);
    const lost = lineBreaks(content, statement.start, statement.end) - lineBreaks(rewritten);
    text += content.slice(from, statement.start) + rewritten + '\n'.repeat(Math.max(0, lost));
    from = statement.end;
  }
  return head.text() + text + content.slice(from);
}

/** Collects what a file imports and exports, before any of its code is rewritten. */
class ModuleHead {
  readonly #rewriter: Rewriter;
  readonly #exported: (() => string)[] = [];
  #loads = '';

  constructor(rewriter: Rewriter) {
    this.#rewriter = rewriter;
  }

  text(): string {
    return this.#exported.map((item) => item()).join('') + this.#loads;
  }

  add(node: Statement): void {
    const { table, guest } = this.#rewriter;
    switch (node.type) {
      case 'ImportDeclaration':
        return this.#import(node);
      case 'ExportAllDeclaration': {
        const number = this.#load(node.source, []);
        if (node.exported) this.#export(nameOf(node.exported), () => `${guest}.r(${number})`);
        else table.stars.push(number);
        return;
      }
      case 'ExportDefaultDeclaration': {
        const { declaration } = node;
        const name = declarationName(declaration) ?? `${guest}d`;
        return this.#export('default', () => name);
      }
      case 'ExportNamedDeclaration': {
        if (node.declaration) {
          const names = new Set<string>();
          lexicalNames([node.declaration], names);
          for (const name of names) this.#export(name, () => name);
        } else if (node.source) this.#exportFrom(node, node.source);
        else {
          for (const { local, exported } of node.specifiers) {
            const name = nameOf(local);
            this.#export(nameOf(exported), () => this.#rewriter.moduleBinding(name));
          }
        }
        return;
      }
      default:
        return;
    }
  }

  #import(node: Extract<Statement, { type: 'ImportDeclaration' }>): void {
    const { guest } = this.#rewriter;
    const names: ImportedName[] = [];
    const number = this.#load(node.source, names);
    for (const specifier of node.specifiers) {
      const local = specifier.local.name;
      if (specifier.type === 'ImportNamespaceSpecifier') {
        this.#rewriter.bindImport(local, `${guest}.r(${number})`);
        continue;
      }
      const imported = specifier.type === 'ImportSpecifier' ? specifier.imported : null;
      const name = imported ? nameOf(imported) : 'default';
      const { start, end } = imported ?? specifier.local;
      names.push({ name, local, start, end });
      this.#rewriter.bindImport(local, property(`${guest}${number}`, name));
    }
  }

  #exportFrom(node: Extract<Statement, { type: 'ExportNamedDeclaration' }>, source: Source): void {
    const { guest, table } = this.#rewriter;
    const names: ImportedName[] = [];
    const from = this.#load(source, names);
    for (const { local, exported } of node.specifiers) {
      const name = nameOf(local);
      names.push({ name, local: name, start: local.start, end: local.end });
      const exportedName = nameOf(exported);
      this.#export(exportedName, () => property(`${guest}${from}`, name));
      table.exports.set(exportedName, { from, name });
    }
  }

  #export(name: string, read: () => string): void {
    const { table, guest } = this.#rewriter;
    table.exports.set(name, null);
    this.#exported.push(() => `${guest}.e(${JSON.stringify(name)}, () => ${read()});`);
  }

  #load(source: Source, names: ImportedName[]): number {
    const { table, guest } = this.#rewriter;
    const { start, end } = source;
    const specifier = String(source.value);
    const number = table.imports.push({ specifier, start, end, names }) - 1;
    this.#loads += `const ${guest}${number} = ${guest}.i(${number});`;
    return number;
  }
}

function property(object: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name)
    ? `${object}.${name}`
    : `${object}[${JSON.stringify(name)}]`;
}

function rewriteStatement(node: Statement, rewriter: Rewriter): string {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return ';';
    case 'ExportNamedDeclaration':
      return node.declaration ? rewriter.rewrite(node.declaration) : ';';
    case 'ExportDefaultDeclaration': {
      const { declaration } = node;
      const text = rewriter.rewrite(declaration);
      if (declarationName(declaration) !== undefined) return text;
      const name = `${rewriter.guest}d`;
      // A function is there before the first statement runs, also without a name of its own.
      if (declaration.type === 'FunctionDeclaration')
        return text.replace(functionHead, `$& ${name.replaceAll('$', '$$$$')}`);
      return `const ${name} = (${text});`;
    }
    default:
      return rewriter.rewrite(node);
  }
}

const gap = String.raw`(?:\s|/\*[\s\S]*?\*/|//[^\n]*\n)*`;
const functionHead = new RegExp(`^(?:async${gap})?function(?:${gap}\\*)?`);

function declarationName(node: AnyNode): string | undefined {
  const isDeclaration = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return isDeclaration ? (node.id?.name ?? undefined) : undefined;
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}
