import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { schemaTypes } from '../../scripts/schema-types.ts';
import { compileSchema } from '../../src/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Lines (from 1) of what the compiler finds wrong in a file of `fixtures`. */
function wrongLines(name: string): number[] {
  const file = path.join(root, 'fixtures', name);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    types: [],
    paths: { 'cubewright/schema': [path.join(root, 'src/schema/index.ts')] },
  });
  return ts.getPreEmitDiagnostics(program).map((item) => {
    if (item.file?.fileName !== file)
      throw new Error(ts.flattenDiagnosticMessageText(item.messageText, ' '));
    return item.file.getLineAndCharacterOfPosition(item.start!).line + 1;
  });
}

test('a good file has no error in an editor', () => {
  expect(wrongLines('types/good.ts')).toEqual([]);
});

test.for(readdirSync(path.join(root, 'fixtures/twins')))(
  'the model %s, which compiles as its twins in JavaScript and YAML do, has none',
  (name) => {
    expect(wrongLines(`twins/${name}/model.ts`)).toEqual([]);
  },
);

test('a bad file has one on each line that says what is wrong', () => {
  const text = readFileSync(path.join(root, 'fixtures/types/bad.ts'), 'utf8');
  const marked = text
    .split('\n')
    .flatMap((line, index) => (line.includes('// ') ? [index + 1] : []));
  expect(wrongLines('types/bad.ts')).toEqual(marked);
});

test('the types are those of the tables that declarations are read with', async () => {
  const written = readFileSync(path.join(root, 'src/schema/shapes.data.ts'), 'utf8');
  expect(written, 'run: npx node scripts/schema-types.ts').toBe(await schemaTypes());
});

test('a schema file may import the types', async () => {
  const content =
    "import 'cubewright/schema';\ncube('A', { sql: `SELECT 1` as string, measures: { n: { type: 'count' } } });";
  await using schema = await compileSchema({ files: [{ path: 'A.ts', content }] });
  expect(schema.meta().cubes).toHaveLength(1);
});
