import type { Json } from './model.ts';
import { shapes, type Property, type ShapeName, type ValueShape } from './properties.data.ts';
import { labelOf, requiredOf, spellingsOf } from './shapes.ts';

/**
 * The JSON Schema (draft 7) of YAML schema files, by which editors complete and check them. It is made
 * from the tables that the compiler reads by: what it refuses, the compiler refuses too.
 */
export function jsonSchema(): Json {
  // YAML has no contexts.
  const names = (Object.keys(shapes) as ShapeName[]).filter((shape) => shape !== 'context');
  const definitions = names.flatMap((shape) => [
    [shape, objectOf(shape, false)] as const,
    [namedOf(shape), objectOf(shape, true)] as const,
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Cubewright schema file',
    type: 'object',
    properties: { cubes: listOfNamed('cube'), views: listOfNamed('view') },
    additionalProperties: false,
    definitions: Object.fromEntries(definitions),
  };
}

/** With the name that is the key of a map in JavaScript. */
function objectOf(shape: ShapeName, isNamed: boolean): Json {
  const properties = Object.entries(shapes[shape]).flatMap(([key, property]) =>
    spellingsOf(key, property).map((spelling, index) => {
      const schema = propertyOf(property);
      return [spelling, index === 0 ? schema : { ...schema, ...otherSpelling(key) }] as const;
    }),
  );
  const name = { type: 'string', description: `The name of the ${labelOf(shape)}.` };
  const required = requiredOf(shape).map((key) => ({
    anyOf: spellingsOf(key, shapes[shape][key]!).map((spelling) => ({ required: [spelling] })),
  }));
  return {
    type: 'object',
    properties: { ...(isNamed && { name }), ...Object.fromEntries(properties) },
    ...(isNamed && { required: ['name'] }),
    // An empty list is not allowed here.
    ...(required.length > 0 && { allOf: required }),
    additionalProperties: false,
  };
}

function propertyOf({ value, note }: Property): { readonly [key: string]: Json } {
  return { ...schemaOf(value), ...(note !== undefined && { description: note }) };
}

/** Valid, and never proposed. */
function otherSpelling(key: string): { readonly [key: string]: Json } {
  return { description: `Another spelling of ${key}.`, doNotSuggest: true };
}

const text = { type: 'string' };
const textOrNumber = { type: ['string', 'number'] };
const names = { anyOf: [text, { type: 'array', items: text }] };

function schemaOf(value: ValueShape): { readonly [key: string]: Json } {
  switch (value.kind) {
    case 'text':
    case 'interval':
    case 'cube':
    case 'member':
    case 'path':
      return text;
    case 'sql':
      return textOrNumber;
    case 'boolean':
    case 'number':
      return { type: value.kind };
    case 'members':
    case 'names':
      return names;
    case 'word':
      return { enum: [...value.words.keys()] };
    case 'object':
      return { $ref: `#/definitions/${value.shape}` };
    case 'named':
      return listOfNamed(value.shape);
    case 'list':
      return { type: 'array', items: schemaOf(value.item) };
    case 'either':
      return { anyOf: value.shapes.map(schemaOf) };
    case 'json':
    case 'values':
    case 'condition':
      return {};
  }
}

function listOfNamed(shape: ShapeName): { readonly [key: string]: Json } {
  return { type: 'array', items: { $ref: `#/definitions/${namedOf(shape)}` } };
}

function namedOf(shape: ShapeName): string {
  return `${shape}WithName`;
}
