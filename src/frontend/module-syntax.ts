import type { AnyNode, Program } from 'acorn';
import type { Rewriter } from './rewriter.ts';
import { lexicalNames } from './syntax-tree.ts';

/** The statements of a file; imports and exports become calls of the guest interface. */
export function rewriteModule(program: Program, rewriter: Rewriter): string {
  const { content, guest } = rewriter;
  const exported: string[] = [];
  let text = '';
  let from = 0;
  // A byte order mark and a hashbang are no part of a function's body.
  if (content.startsWith('\uFEFF')) from = 1;
  if (content.startsWith('#!', from)) {
    text += '//';
    from += 2;
  }
  for (const statement of program.body) {
    text += content.slice(from, statement.start);
    const rewritten = rewriteStatement(statement, rewriter, exported);
    text +=
      rewritten +
      '\n'.repeat(
        Math.max(0, breaks(content.slice(statement.start, statement.end)) - breaks(rewritten)),
      );
    from = statement.end;
  }
  text += content.slice(from);
  // Getters first, so that files which import each other see what is there by then.
  const getters = exported.map((item) => `${guest}.e(${item});`).join('');
  return getters + text;
}

function breaks(text: string): number {
  return text.split('\n').length - 1;
}

function rewriteStatement(node: AnyNode, rewriter: Rewriter, exported: string[]): string {
  const { guest } = rewriter;
  const load = (
    source: { value?: unknown; start: number; end: number },
    names: readonly string[],
  ): string =>
    `${guest}.r(${JSON.stringify(String(source.value))}, ${JSON.stringify(names)}, ${source.start}, ${source.end})`;
  switch (node.type) {
    case 'ImportDeclaration': {
      const names: string[] = [];
      const parts = node.specifiers.map((specifier) => {
        if (specifier.type === 'ImportNamespaceSpecifier') return null;
        const name =
          specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported);
        names.push(name);
        return `${JSON.stringify(name)}: ${specifier.local.name}`;
      });
      const namespace = node.specifiers.find(
        (specifier) => specifier.type === 'ImportNamespaceSpecifier',
      );
      const named = parts.filter((part) => part !== null);
      const whole = namespace ? `const ${namespace.local.name} = ${load(node.source, names)};` : '';
      if (named.length > 0)
        return `${whole}const {${named.join(', ')}} = ${load(node.source, names)};`;
      return whole || `${load(node.source, [])};`;
    }
    case 'ExportAllDeclaration': {
      const name = node.exported ? JSON.stringify(nameOf(node.exported)) : 'null';
      return `${guest}.a(${name}, ${load(node.source, [])});`;
    }
    case 'ExportNamedDeclaration': {
      if (node.declaration) {
        const names = new Set<string>();
        lexicalNames([node.declaration], names);
        for (const name of names) exported.push(`'${name}', () => ${name}`);
        return rewriter.rewrite(node.declaration);
      }
      for (const specifier of node.specifiers) {
        const name = JSON.stringify(nameOf(specifier.exported));
        const local = nameOf(specifier.local);
        exported.push(
          node.source
            ? `${name}, () => ${load(node.source, [local])}[${JSON.stringify(local)}]`
            : `${name}, () => ${local}`,
        );
      }
      return node.source ? `${load(node.source, [])};` : ';';
    }
    case 'ExportDefaultDeclaration': {
      const { declaration } = node;
      const isNamed =
        (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') &&
        declaration.id;
      if (isNamed) {
        exported.push(`'default', () => ${declaration.id!.name}`);
        return rewriter.rewrite(declaration);
      }
      return `${guest}.x((${rewriter.rewrite(declaration)}));`;
    }
    default:
      return rewriter.rewrite(node);
  }
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}
