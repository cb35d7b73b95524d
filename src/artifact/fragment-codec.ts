import type { ClaimLiteral, ClaimTest } from '../core/claim-test.ts';
import { isIdentifier, parseMemberPath, type MemberPath } from '../core/names.ts';
import type { Fragment, FragmentPiece, Json } from '../model/model.ts';
import {
  flag,
  list,
  nullable,
  number,
  optional,
  record,
  recursive,
  tagged,
  text,
  word,
} from './codec.ts';
import type { Codec } from './codec.ts';
import { malformed } from './decode-context.ts';

/** What a cube, a view or a member is called. */
export const identifier: Codec<string> = {
  shape: () => 'identifier',
  encode: (value) => value,
  decode: (value, context) =>
    typeof value === 'string' && isIdentifier(value) ? value : malformed('a name', context),
};

/** The path of what is declared here: not looked up. */
export const ownPath: Codec<MemberPath> = {
  shape: () => 'path',
  encode: (value) => value,
  decode: (value, context) =>
    typeof value === 'string' && parseMemberPath(value)
      ? (value as MemberPath)
      : malformed('the path of a member', context),
};

/** A member of some cube or view, which must be there. */
export const memberReference: Codec<MemberPath> = {
  ...ownPath,
  decode: (value, context) => {
    const path = ownPath.decode(value, context);
    context.members.add(path);
    return path;
  },
};

/** A cube, which must be there. */
export const cubeReference: Codec<string> = {
  ...identifier,
  decode: (value, context) => {
    const name = identifier.decode(value, context);
    context.cubes.add(name);
    return name;
  },
};

/** Any JSON data. It is only ever handed on, and its keys stay own properties. */
export const json: Codec<Json> = {
  shape: () => 'json',
  encode: (value) => value,
  decode: (value, context) => {
    const check = (item: unknown): void => {
      if (typeof item !== 'object' || item === null) return;
      for (const inner of Object.values(item)) context.at('value', () => check(inner));
    };
    check(value);
    return value as Json;
  },
};

/** What a claim is compared with: a plain value, or the empty list for an absent claim. */
const claimLiteral: Codec<ClaimLiteral> = {
  shape: () => 'literal',
  encode: (value) => (value === undefined ? [] : value),
  decode: (value, context) => {
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (value === null || typeof value === 'boolean') return value;
    return typeof value === 'string' ? text.decode(value, context) : number.decode(value, context);
  },
};

const claim = list(text);

/** A property, or an item of a list. */
export const plain: Codec<string | number | boolean> = {
  shape: () => 'plain',
  encode: (value) => value,
  decode: (value, context) => {
    if (typeof value === 'string') return text.decode(value, context);
    return typeof value === 'boolean' ? value : number.decode(value, context);
  },
};

const step: Codec<string | number> = {
  shape: () => 'step',
  encode: (value) => value,
  decode: (value, context) =>
    typeof value === 'string' ? text.decode(value, context) : number.decode(value, context),
};

const claimTest = tagged<ClaimTest, 'kind'>('kind', {
  truthy: { claim },
  equals: { claim, value: claimLiteral as Codec<Exclude<ClaimLiteral, undefined>> },
  typeof: { claim, type: text },
  included: { claim, values: list(claimLiteral) },
});

const pieces: Codec<readonly FragmentPiece[]> = recursive('pieces', () => list(piece));

type Piece<K extends FragmentPiece['kind']> = Extract<FragmentPiece, { kind: K }>;
type MemberFilter = Piece<'query-filter'>['filters'][number];

const target = tagged<Piece<'filter'>['target'], 'kind'>('kind', {
  column: { column: pieces },
  function: { scalar: nullable(pieces), list: nullable(pieces) },
});

const memberFilter = record<MemberFilter>({
  member: memberReference,
  target: tagged<MemberFilter['target'], 'kind'>('kind', {
    column: { column: pieces },
    function: { parameters: number, rest: flag, body: pieces },
  }),
});

const piece = tagged<FragmentPiece, 'kind'>('kind', {
  text: { text, start: optional(number) },
  cube: { cube: cubeReference },
  member: { path: memberReference },
  source: { cube: cubeReference },
  filter: { claim, required: flag, target, text },
  claim: { claim },
  unsafe: { claim },
  conditional: { test: claimTest, then: pieces, otherwise: pieces },
  'query-filter': { filters: list(memberFilter) },
  'local-time': { operand: pieces },
  literal: {
    value: nullable(plain),
    type: word({ string: true, number: true, boolean: true, time: true }),
  },
  argument: { index: number },
  dynamic: {
    path: list(step),
    role: word({
      source: true,
      row: true,
      'sub-query': true,
      aggregate: true,
      composition: true,
      join: true,
    }),
  },
  placeholder: { item: nullable(number) },
  list: { separator: text, item: pieces },
});

const plainFragment = record<Fragment>({
  pieces: list(piece),
  member: text,
  property: text,
  file: text,
  evaluated: optional(flag),
});

/** An author's SQL, which is lexed again when all of its cube is decoded. */
export const fragment: Codec<Fragment> = {
  ...plainFragment,
  decode: (value, context) => {
    const decoded = plainFragment.decode(value, context);
    context.fragments.push(decoded);
    return decoded;
  },
};
