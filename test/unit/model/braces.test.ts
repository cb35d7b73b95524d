import { afterAll, describe, expect, test } from 'vitest';
import {
  shapes,
  type Braces,
  type ShapeName,
  type ValueShape,
} from '../../../src/model/properties.data.ts';
import { bracesOf } from '../../../src/model/shapes.ts';
import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { createRunnerPool } from '../../../src/sandbox/runner-pool.ts';
import type { DeclaredValue } from '../../../src/syntax/declaration.ts';
import { compileStages } from '../../support/compile-stages.ts';

const pool = createRunnerPool();
afterAll(() => pool.close());

type Way = readonly (string | number)[];
interface Place {
  readonly root: 'cube' | 'view' | 'context';
  readonly way: Way;
  readonly value: ValueShape;
  readonly name: string;
  readonly braces: Braces;
}

/** Every property at one place where it may stand. */
function everyProperty(): Omit<Place, 'name' | 'braces'>[] {
  const found: Omit<Place, 'name' | 'braces'>[] = [];
  const seen = new Set<ShapeName>();
  const open: { root: Place['root']; way: Way; shape: ShapeName }[] = [
    { root: 'cube', way: [], shape: 'cube' },
    { root: 'view', way: [], shape: 'view' },
    { root: 'context', way: [], shape: 'context' },
  ];
  for (const { root, way, shape } of open) {
    if (seen.has(shape)) continue;
    seen.add(shape);
    for (const [key, { value }] of Object.entries(shapes[shape])) {
      for (const [inner, end] of endsOf(value)) {
        if (end.kind !== 'object' && end.kind !== 'named') {
          found.push({ root, way: [...way, key, ...inner], value: end });
        } else if (!seen.has(end.shape)) {
          const name = end.kind === 'named' ? ['a_name'] : [];
          open.push({ root, way: [...way, key, ...inner, ...name], shape: end.shape });
        }
      }
    }
  }
  return found;
}

/** The kinds of values that a property takes, each with the way into its list. */
function endsOf(value: ValueShape): (readonly [Way, ValueShape])[] {
  if (value.kind === 'list') return endsOf(value.item).map(([way, end]) => [[0, ...way], end]);
  return value.kind === 'either' ? value.shapes.flatMap(endsOf) : [[[], value]];
}

// YAML has no contexts.
const places = everyProperty()
  .filter(({ root }) => root !== 'context')
  .map((place) => ({
    ...place,
    name: `${place.root}: ${place.way.join('.')} (${place.value.kind})`,
    braces: bracesOf(place.value),
  }));

type Written = { readonly [key: string]: unknown };

/** A definition with one value, and what its neighbours need to be read at all. */
function definition({ root, way }: Place, value: unknown): Written {
  const base: Written =
    root === 'cube'
      ? { sql_table: 't', dimensions: { probe: { sql: 'probe', type: 'string' } } }
      : root === 'view'
        ? { cubes: [{ join_path: 'Base', includes: '*' }] }
        : {};
  return put(base, way, value) as Written;
}

function put(into: unknown, [key, ...rest]: Way, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') return [put(undefined, rest, value)];
  const object = (into ?? {}) as Written;
  return { ...object, [key]: put(object[key], rest, value) };
}

const named = new Set(['measures', 'dimensions', 'segments', 'joins', 'hierarchies', 'indexes']);
const namedToo = new Set(['pre_aggregations', 'granularities']);

/** As JSON, which is YAML too; what has a name in JavaScript is a list there. */
function yamlOf(value: unknown, key?: string, isFirst = false): unknown {
  if (Array.isArray(value)) return value.map((item) => yamlOf(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const isNamed = key !== undefined && (named.has(key) || namedToo.has(key)) && !isFirst;
  if (!isNamed) return Object.fromEntries(entries.map(([k, item]) => [k, yamlOf(item, k)]));
  return entries.map(([name, item]) => ({ name, ...(yamlOf(item) as object) }));
}

const base = { sql_table: 'base', dimensions: { id: { sql: 'id', type: 'number' } } };

interface Read {
  readonly said: readonly Diagnostic[];
  readonly value: DeclaredValue | undefined;
  /** Whether its definition has an error anywhere. */
  readonly isRefused: boolean;
}

function isMisplaced({ code }: Diagnostic): boolean {
  return code.endsWith('/misplaced-braces');
}

/** One schema with a text at every place: what it was read as, and what was said of it there. */
async function readAll(text: string, language: 'js' | 'ts' | 'yml'): Promise<Map<Place, Read>> {
  const starts = new Map<Place, number>();
  let content = '';
  let section = '';
  for (const [index, place] of places.entries()) {
    const body = definition(place, text);
    const name = `Probe${index}`;
    if (language === 'yml') {
      if (place.root !== section) content += `---\n${place.root}s:\n`;
      content += `- ${JSON.stringify({ name, ...(yamlOf(body) as object) })}\n`;
    } else content += `${place.root}('${name}', ${JSON.stringify(body)});\n`;
    section = place.root;
    starts.set(place, content.lastIndexOf(JSON.stringify(text)));
  }
  const shop = { path: 'base.js', content: `cube('Base', ${JSON.stringify(base)});` };
  const path = `probe.${language}`;
  const { unit, diagnostics } = await compileStages([shop, { path, content }], pool);
  return new Map(
    places.map((place, index) => {
      const start = starts.get(place)!;
      const said = [...unit.diagnostics, ...diagnostics].filter(
        ({ span }) =>
          span?.file === path && span.start >= start && span.start < start + text.length + 2,
      );
      const probe = unit.definitions.find(({ name }) => name === `Probe${index}`);
      const line = content.lastIndexOf('\n', start);
      const end = content.indexOf('\n', start);
      const isRefused = [...unit.diagnostics, ...diagnostics].some(
        ({ span, severity }) =>
          severity === 'error' && span?.file === path && span.start > line && span.start < end,
      );
      return [place, { said, isRefused, value: probe && valueAt(probe.body, place.way) }];
    }),
  );
}

function valueAt(value: DeclaredValue | undefined, [key, ...rest]: Way): DeclaredValue | undefined {
  if (key === undefined || value === undefined) return value;
  if (value.kind === 'list') return valueAt(value.items[Number(key)], rest);
  if (value.kind !== 'object') return undefined;
  return valueAt(value.entries.get(String(key)), rest);
}

/** Whether a value is the text itself. */
function isText(value: DeclaredValue | undefined, text: string): boolean {
  return value?.kind === 'scalar' && value.value === text;
}

const texts = ['{CUBE.probe}', '{probe}', '{ security_context.probe }', '{userAttributes.a.b}'];

describe.for(texts)('the text %s', (text) => {
  test('is read, or refused with its place, in YAML', async () => {
    const wrong = [...(await readAll(text, 'yml'))].filter(([{ braces }, { said, value }]) => {
      if (braces === 'literal') return !isText(value, text);
      if (braces === 'refused')
        return !said.some(({ severity }) => severity === 'error') || isText(value, text);
      return value?.kind !== 'template';
    });
    expect(wrong.map(([{ name }]) => name)).toEqual([]);
  });

  test.for(['js', 'ts'] as const)('is told with its place in %s', async (language) => {
    const wrong = [...(await readAll(text, language))].filter(([{ braces }, { said, isRefused }]) =>
      // A definition that lacks a neighbour of the property is refused before its text is looked at.
      braces === 'literal' ? said.some(isMisplaced) : said.length === 0 && !isRefused,
    );
    expect(wrong.map(([{ name }]) => name)).toEqual([]);
  });
});
