import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'acorn';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { SourceFile } from '../../src/core/source.ts';
import { compileFile } from '../../src/frontend/compile-file.ts';
import { CompileError, compileSchema } from '../../src/index.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** Schema files of every language and feature. */
export const validFiles: readonly SourceFile[] = ['models', 'twins', 'patterns'].flatMap(
  (folder) => {
    const root = path.join(fixtures, folder);
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(js|ts|ya?ml)$/.test(name))
      .sort()
      .map((name) => ({ path: name, content: readFileSync(path.join(root, name), 'utf8') }));
  },
);

/** Mutants of one schema in {@link manyMutants}. */
export const mutantsAtOnce = 25;

interface Edit {
  readonly kind: 'drop' | 'duplicate' | 'swap';
  /** Positions among the tokens of the file, modulo their number. */
  readonly at: number;
  readonly with: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('drop', 'duplicate', 'swap'),
  at: fc.nat(100_000),
  with: fc.nat(100_000),
});

/** One of the valid files, with tokens dropped, duplicated or swapped. */
export const mutants: fc.Arbitrary<SourceFile> = fc
  .record({
    file: fc.constantFrom(...validFiles),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  })
  .map(({ file, edits }) => ({ path: file.path, content: edits.reduce(applyEdit, file.content) }));

function applyEdit(content: string, { kind, at, with: other }: Edit): string {
  const tokens = content.match(/\w+|\s+|[^\w\s]/g) ?? [];
  if (tokens.length === 0) return content;
  const first = at % tokens.length;
  const second = other % tokens.length;
  const token = tokens[first]!;
  if (kind === 'drop') tokens.splice(first, 1);
  else if (kind === 'duplicate') tokens.splice(second, 0, token);
  else [tokens[first], tokens[second]] = [tokens[second]!, token];
  return tokens.join('');
}

/** The frontend alone: a program that parses, and findings with places inside the file. */
export function checkFrontend(file: SourceFile): void {
  const { program, sites, diagnostics, calls } = compileFile(file, 0);
  for (const [code, , message, , start, end] of diagnostics) {
    expect(code).toMatch(/^schema\//);
    expect(message).not.toBe('');
    expectInside(start, end, file);
  }
  for (const [start, end] of sites) expectInside(start, end, file);
  expect(JSON.parse(calls)).toBeInstanceOf(Array);
  parse(program, { ecmaVersion: 'latest' });
}

function expectInside(start: number, end: number, { content }: SourceFile): void {
  expect(start).toBeGreaterThanOrEqual(0);
  expect(end).toBeGreaterThanOrEqual(start);
  expect(end).toBeLessThanOrEqual(content.length);
}

/** The whole compile: a schema, or errors with places. */
export async function checkCompile(...files: readonly SourceFile[]): Promise<void> {
  const contents = new Map(files.map(({ path: file, content }) => [file, content]));
  try {
    const schema = await compileSchema({ files }, { sandbox: { timeoutMs: 60_000 } });
    await schema.close();
  } catch (error) {
    expect(error).toBeInstanceOf(CompileError);
    const { diagnostics, message } = error as CompileError;
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(message).not.toBe('');
    for (const { file, line, column, endLine, endColumn, code, labels } of diagnostics) {
      expect(code).toMatch(/^(schema|model)\//);
      expectPlace(file, line, column, contents);
      if (endLine !== undefined) expectPlace(file, endLine, endColumn, contents);
      for (const label of labels) expectPlace(label.file, label.line, label.column, contents);
    }
  }
}

/** Mutants as files of one schema, which costs one process for all of them. */
export const manyMutants = fc
  .array(mutants, { minLength: mutantsAtOnce, maxLength: mutantsAtOnce })
  .map((files) => files.map((file, index) => ({ ...file, path: `${index}/${file.path}` })));

function expectPlace(
  file: string | undefined,
  line: number | undefined,
  column: number | undefined,
  contents: ReadonlyMap<string, string>,
): void {
  const lines = contents.get(file!)!.split(/\r\n|\r|\n/);
  expect(line).toBeGreaterThan(0);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThan(0);
  expect(column).toBeLessThanOrEqual(lines[line! - 1]!.length + 1);
}
