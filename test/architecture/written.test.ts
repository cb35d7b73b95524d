import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { files, nodesOf, parse, textOf } from './source-files.ts';

const dialects = new Set(['postgres', 'mysql', 'mariadb', 'sqlite', 'duckdb']);
/** Files that are started, not imported. */
const entries = new Set(['cli/bin.ts', 'sandbox/runner/main.ts']);
/** State that a module may hold: the spare runner is one for the process. */
const states = new Set(['pipeline/compile-schema.ts: pool', 'artifact/artifact-format.ts: known']);
/** Where a database is chosen by its name, and no SQL is made. */
const choosesDatabase = /^(drivers|server|cli)\//;

/** What the house rules forbid in a file, as readers would say it. */
function faultsOf(file: string, text: string): string[] {
  const tree = parse(file, text);
  const nodes = [...nodesOf(tree)];
  const all = nodes.flatMap(faultsOfNode);
  const atImport = [...nodesOf(tree, (node) => !ts.isFunctionLike(node))];
  if (atImport.some(isAwait)) all.push('await at the top: require() of the package would fail');
  if (!entries.has(file)) all.push(...tree.statements.flatMap((item) => effectsOf(file, item)));
  for (const node of nodes) {
    if (comparesDialect(node, !choosesDatabase.test(file))) {
      all.push(`a comparison with a dialect's name: ${node.getText()}`);
    }
  }
  return all;
}

function faultsOfNode(node: ts.Node): string[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return ['any'];
  if (ts.isExportAssignment(node)) return ['a default export'];
  if (node.kind === ts.SyntaxKind.DefaultKeyword && ts.isModifier(node))
    return ['a default export'];
  if (ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause)))
    return ['export *'];
  return [];
}

function effectsOf(file: string, node: ts.Statement): string[] {
  if (ts.isExpressionStatement(node)) return [`an effect at import: ${node.getText()}`];
  if (!ts.isVariableStatement(node) || node.declarationList.flags & ts.NodeFlags.Const) return [];
  return node.declarationList.declarations
    .map(({ name }) => name.getText())
    .filter((name) => !states.has(`${file}: ${name}`))
    .map((name) => `state of a module: ${name}`);
}

function isAwait(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && !!node.awaitModifier);
}

/** `byLiteral`: a comparison of anything with the name of a dialect counts too. */
function comparesDialect(node: ts.Node, byLiteral: boolean): boolean {
  if (!ts.isBinaryExpression(node) || !/^[!=]==$/.test(node.operatorToken.getText())) return false;
  return [node.left, node.right].some(
    (side) =>
      /\bdialect\.name$/.test(side.getText()) ||
      (byLiteral && ts.isStringLiteralLike(side) && dialects.has(side.text)),
  );
}

describe('how files are written', () => {
  test.for(files)('%s', (file) => {
    const text = textOf(file);
    expect(faultsOf(file, text)).toEqual([]);
    const most = file.endsWith('.data.ts') ? 800 : 500;
    expect(text.split('\n').length, 'lines').toBeLessThanOrEqual(most + 1);
    expect(path.basename(file)).not.toMatch(/^(utils?|helpers?|common|misc|types)\./);
    expect(path.basename(file)).toMatch(/^[a-z0-9-]+(\.data)?\.ts$/);
  });
});

test.for([
  ['const x: Record<string, any> = {};', 'any'],
  ['export default function f() {}', 'a default export'],
  ['const a = 1;\nexport default a;', 'a default export'],
  ["export * from './a.ts';", 'export *'],
  ["export * as a from './a.ts';", 'export *'],
  ['const x = await f();', 'await at the top: require() of the package would fail'],
  ['for await (const x of y) f(x);', 'await at the top: require() of the package would fail'],
  ['start();', 'an effect at import: start();'],
  ['let count = 0;', 'state of a module: count'],
  ["const x = dialect.name === 'x';", "a comparison with a dialect's name: dialect.name === 'x'"],
  ["const x = name !== 'mysql';", "a comparison with a dialect's name: name !== 'mysql'"],
] as const)('the rules find %s', ([text, fault]) => {
  expect(faultsOf('planted.ts', text)).toContain(fault);
});
