import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  shapes,
  type Property,
  type ShapeName,
  type ValueShape,
} from '../src/model/properties.data.ts';

/** Writes `src/schema/shapes.data.ts`: the types of schema files, from the tables that they are read with. */
export async function schemaTypes(): Promise<string> {
  const names = Object.keys(shapes) as ShapeName[];
  const texts = names.map((name) => `${interfaceOf(name)}\n`);
  const head = [
    "import type { Condition, Reference, Sql } from './words.ts';",
    '',
    '/** What may stand where in a schema file. Made by scripts/schema-types.ts: not to be edited. */',
  ];
  const file = path.resolve(import.meta.dirname, '../src/schema/shapes.data.ts');
  const options = await resolveConfig(file);
  return format([...head, ...texts].join('\n'), { ...options, filepath: file });
}

function interfaceOf(name: ShapeName): string {
  const properties = Object.entries(shapes[name]).flatMap(([key, property]) =>
    spellingsOf(key, property).map((spelling, _index, all) => {
      const isRequired = property.required && all.length === 1;
      const note = property.note ? `  /** ${property.note} */\n` : '';
      return `${note}  readonly ${spelling}${isRequired ? '' : '?'}: ${typeOf(property.value)};`;
    }),
  );
  return `export interface ${typeName(name)} {\n${properties.join('\n')}\n}`;
}

/** In snake_case and in camelCase, with the names of earlier years. */
export function spellingsOf(key: string, { old = [] }: Property): string[] {
  return [...new Set([key, ...old].flatMap((name) => [name, camelCase(name)]))];
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function typeName(shape: ShapeName): string {
  return `${shape.charAt(0).toUpperCase()}${shape.slice(1)}Definition`;
}

function typeOf(value: ValueShape): string {
  switch (value.kind) {
    case 'text':
    case 'interval':
      return 'string';
    case 'boolean':
    case 'number':
      return value.kind;
    case 'json':
      return 'unknown';
    case 'sql':
      return 'Sql';
    case 'cube':
      return 'Reference | string | object';
    case 'member':
    case 'path':
      return 'Reference | string';
    case 'members':
      return 'Reference | string | readonly (Reference | string)[]';
    case 'names':
      return "'*' | readonly unknown[]";
    case 'values':
      return 'readonly unknown[] | Condition';
    case 'condition':
      return 'Condition';
    case 'word':
      return [...value.words.keys()].map((word) => `'${word}'`).join(' | ');
    case 'object':
      return typeName(value.shape);
    case 'named': {
      const item = typeName(value.shape);
      return `{ readonly [name: string]: ${item} } | readonly (${item} & { readonly name: string })[]`;
    }
    case 'list':
      return `readonly (${typeOf(value.item)})[]`;
    case 'either':
      return value.shapes.map(typeOf).join(' | ');
  }
}

if (import.meta.main) {
  const file = path.resolve(import.meta.dirname, '../src/schema/shapes.data.ts');
  writeFileSync(file, await schemaTypes());
}
