import type { Query } from '../../src/index.ts';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { CompileOptions, DialectName, MissingContext } from '../../src/index.ts';
import type { HostFunction } from '../../src/sandbox/evaluate.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** One query of a case, asked under one context. */
export interface Run {
  readonly title: string;
  /** Of a case about errors: any JSON. */
  readonly query: Query;
  readonly context: unknown;
  readonly dialects: readonly DialectName[];
  /** Those whose text is compared; the rows are on every engine. */
  readonly goldens: readonly DialectName[];
  readonly missingContext?: MissingContext;
  readonly barrier?: boolean;
  /** Whether the query's order says everything about the order of the rows. */
  readonly ordered: boolean;
}

export interface Case {
  /** `area/name`. */
  readonly name: string;
  readonly directory: string;
  readonly schema: string;
  readonly options: Pick<CompileOptions, 'dialect' | 'compileContext' | 'sandbox'>;
  /** The model of `fixtures/models` over whose tables its rows are compared; null: a schema of its own. */
  readonly tables: string | null;
  readonly runs: readonly Run[];
}

export const allDialects: readonly DialectName[] = [
  'postgres',
  'duckdb',
  'sqlite',
  'mysql',
  'mariadb',
];

/** The instant that relative dates of the cases see: a leap day at noon, UTC. */
export const caseNow = Date.UTC(2024, 1, 29, 12, 0, 0);

interface CaseFile {
  readonly schema?: string;
  readonly options?: Pick<CompileOptions, 'dialect' | 'compileContext'>;
  /** By host function: its answer by the JSON text of what it is given. */
  readonly functions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly dialects?: readonly DialectName[];
  readonly goldens?: readonly DialectName[];
  readonly missingContext?: MissingContext;
  readonly barrier?: boolean;
  readonly context?: unknown;
  readonly query?: Query;
  readonly runs: Readonly<Record<string, Partial<Run> & { readonly query?: Query }>>;
}

/** The models of `fixtures/models` whose tables every engine of the tests holds. */
export const sampleModels: readonly string[] = ['shop', 'store', 'stages', 'shifts', 'staff'];

/** Every `case.json` below `fixtures/cases`; what a run leaves out it takes from its file. */
export function loadCases(): Case[] {
  const root = path.join(fixtures, 'cases');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'case.json')
    .map((name) => path.dirname(name).split(path.sep).join('/'))
    .sort()
    .map((name) => loadCase(root, name));
}

function loadCase(root: string, name: string): Case {
  const directory = path.join(root, name);
  const text = readFileSync(path.join(directory, 'case.json'), 'utf8');
  const file = JSON.parse(text, reviveBigInt) as CaseFile;
  const own = path.join(directory, 'schema');
  const model = file.schema ?? 'shop';
  return {
    name,
    directory,
    schema: existsSync(own) ? own : path.join(fixtures, 'models', model),
    options: {
      ...file.options,
      ...(file.functions && { sandbox: { functions: hostFunctions(file.functions) } }),
    },
    tables:
      !existsSync(own) && sampleModels.includes(model) && file.dialects === undefined
        ? model
        : null,
    runs: Object.entries(file.runs).map(([title, run]) => ({
      title,
      query: ('query' in run ? run.query : file.query)!,
      context: 'context' in run ? run.context : 'context' in file ? file.context : {},
      dialects: run.dialects ?? file.dialects ?? allDialects,
      goldens: run.goldens ?? file.goldens ?? run.dialects ?? file.dialects ?? allDialects,
      ordered: run.ordered ?? false,
      ...given('missingContext', run.missingContext ?? file.missingContext),
      ...given('barrier', run.barrier ?? file.barrier),
    })),
  };
}

function hostFunctions(answers: NonNullable<CaseFile['functions']>): Record<string, HostFunction> {
  return Object.fromEntries(
    Object.entries(answers).map(([name, byInput]): [string, HostFunction] => [
      name,
      (input) => {
        const text = JSON.stringify(input);
        if (!Object.hasOwn(byInput, text)) throw new Error(`${name} knows no answer to ${text}`);
        return byInput[text];
      },
    ]),
  );
}

function given<Key extends keyof Run>(key: Key, value: Run[Key] | undefined): Partial<Run> {
  return value === undefined ? {} : { [key]: value };
}

/** `"bigint:12"` stands for `12n`. */
function reviveBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('bigint:') ? BigInt(value.slice(7)) : value;
}

/** Compares with a golden file; `UPDATE=1` writes it instead, for review as text. */
export function expectGolden(file: string, actual: string): void {
  if (process.env['UPDATE'] === '1') return writeFileSync(file, actual);
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  expect(actual, `differs from ${path.relative(fixtures, file)} (UPDATE=1 rewrites it)`).toBe(
    expected,
  );
}

/** JSON with bigints as `12n`, on one line. */
export function show(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `${item}n` : item,
  );
}
