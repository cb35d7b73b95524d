import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../..');
export const source = path.join(root, 'src');

/** Every TypeScript file of `src`, as a path inside it with `/`. */
export const files: readonly string[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((name) => name.split(path.sep).join('/'))
  .filter((name) => name.endsWith('.ts'))
  .sort();

/** The stage that a file belongs to; the runner is one of its own, `''` is the top. */
export function folderOf(file: string): string {
  if (file.startsWith('sandbox/runner/')) return 'sandbox/runner';
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

export function textOf(file: string): string {
  return readFileSync(path.join(source, file), 'utf8');
}

export function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** All nodes; `enters` decides whether the children of one are visited. */
export function* nodesOf(
  node: ts.Node,
  enters: (node: ts.Node) => boolean = () => true,
): Generator<ts.Node> {
  yield node;
  if (!enters(node)) return;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child, enters);
}

/** What a file imports in any way, types too, whatever the quotes: `null` where it is computed. */
export function importsOf(tree: ts.SourceFile): (string | null)[] {
  return [...nodesOf(tree)].flatMap((node) => {
    if (ts.isImportDeclaration(node)) return [literalOf(node.moduleSpecifier)];
    if (ts.isExportDeclaration(node) && node.moduleSpecifier)
      return [literalOf(node.moduleSpecifier)];
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      return [literalOf(node.argument.literal)];
    if (ts.isCallExpression(node) && loadsModule(node.expression))
      return [literalOf(node.arguments[0])];
    return [];
  });
}

function loadsModule(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function literalOf(node: ts.Node | undefined): string | null {
  return node && ts.isStringLiteralLike(node) ? node.text : null;
}

/** A specifier as a file of `src`, or as the package that it is. */
export function targetOf(file: string, specifier: string): string {
  return specifier.startsWith('.')
    ? path.posix.join(path.posix.dirname(file), specifier)
    : specifier;
}

/** The names that a module exports, types marked as such, `*` for what is not named. */
export function exportsOf(tree: ts.SourceFile): string[] {
  return tree.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    const { exportClause, isTypeOnly } = statement;
    if (!exportClause || !ts.isNamedExports(exportClause)) return ['*'];
    return exportClause.elements.map((element) =>
      isTypeOnly || element.isTypeOnly ? `type ${element.name.text}` : element.name.text,
    );
  });
}
