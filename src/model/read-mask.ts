import { oneLiteral } from '../sql/own-words.ts';
import type { DeclaredCube } from './declared-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Mask, MaskValue } from './mask.ts';
import type { DimensionType, Fragment, MeasureType } from './model.ts';
import type { PropertyReader } from './property-reader.ts';
import { toRawPieces } from './raw-pieces.ts';
import { linkSql } from './read-member.ts';

interface MaskSite {
  readonly cube: DeclaredCube;
  readonly member: string;
  readonly type: DimensionType | MeasureType | null;
}

/** A value of the member's type, since filters compare it, or `{ sql }`. */
export function readMask(
  reader: PropertyReader,
  { cube, member, type }: MaskSite,
  context: LinkContext,
): Mask | null {
  const value = reader.text('mask') ?? reader.number('mask') ?? reader.boolean('mask');
  if (value !== null) return type && readValue(value, maskType(type, reader.what), reader);
  const child = reader.child('mask', 'mask');
  const isMeasure = reader.what === 'measure';
  const role = isMeasure ? 'composition' : 'row';
  const sql = child && linkSql(child, { cube, member, property: 'mask.sql', role }, context);
  if (!sql) return null;
  // A constant in the place of an aggregate would give a row for each one that is read.
  const constant = isMeasure ? constantOf(sql, context) : undefined;
  if (constant === undefined) return { kind: 'sql', sql };
  return constant === null ? null : { kind: 'value', value: constant };
}

function maskType(type: DimensionType | MeasureType, what: string): MaskValue['type'] {
  if (type === 'string' || type === 'boolean' || type === 'time') return type;
  return what === 'dimension' && (type === 'geo' || type === 'switch') ? 'string' : 'number';
}

const expected = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  time: "a date such as '1970-01-01'",
} as const;

const dateText = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/;

function readValue(
  value: string | number | boolean,
  type: MaskValue['type'],
  reader: PropertyReader,
): Mask | null {
  if (type === 'time') {
    const instant = isoInstant(value);
    if (instant !== null) return { kind: 'value', value: instant };
  } else if (typeof value === type) return { kind: 'value', value };
  reader.bad('mask', `${expected[type]}, or { sql }`, reader.get('mask')!);
  return null;
}

function isoInstant(value: string | number | boolean): string | null {
  if (typeof value !== 'string' || !dateText.test(value)) return null;
  const isLocal = value.includes('T') && !value.endsWith('Z');
  const instant = new Date(isLocal ? `${value}Z` : value);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

/** What SQL stands for that is one literal; undefined: it is more. */
function constantOf(
  { pieces }: Fragment,
  context: LinkContext,
): string | number | null | undefined {
  const token = oneLiteral(toRawPieces(pieces), context.lexical);
  if (!token) return undefined;
  if (token.kind === 'null') return null;
  // A number of more digits, or with an exponent, is the database's to read.
  if (token.kind === 'number') return isPlainNumber(token.text) ? Number(token.text) : undefined;
  return token.text;
}

function isPlainNumber(digits: string): boolean {
  return digits.length <= 15 && Number.isFinite(Number(digits)) && !/[^\d.+-]/.test(digits);
}
