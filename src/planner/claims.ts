import { asked, say } from '../core/told.ts';
import { types } from 'node:util';
import { SecurityContextError } from './security-context-error.ts';

export type ClaimScalar = string | number | bigint | boolean;

/** The state of one claim, as the table of context filters knows it. */
export type ClaimValue =
  | { readonly kind: 'absent' }
  | { readonly kind: 'null' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'scalar'; readonly value: ClaimScalar }
  /** `null` items are left out; at least one item. */
  | { readonly kind: 'list'; readonly items: readonly ClaimScalar[] };

const absent: ClaimValue = { kind: 'absent' };
const nullClaim: ClaimValue = { kind: 'null' };
const empty: ClaimValue = { kind: 'empty' };

const longestText = 65_536;
const longestList = 100_000;

/**
 * The context of one call, checked to be a plain object. An absent one is only refused where the
 * query's sources read a claim.
 *
 * @throws SecurityContextError
 */
export function readContext(input: unknown, needed: boolean): object {
  if (input === undefined && !needed) return {};
  if (input === undefined) {
    throw new SecurityContextError(
      'context/missing',
      say`Cannot create proxy with a non-object as target or handler: the query reads the security context, and none was given; pass securityContext, {} for a user without claims`,
    );
  }
  if (isPlainObject(input)) return input;
  throw new SecurityContextError(
    'context/not-an-object',
    say`Cannot create proxy with a non-object as target or handler: the security context must be a plain object, not ${asked(describe(input))}`,
  );
}

/**
 * Reads one claim. Only own enumerable data properties count, and no code of the caller's object
 * runs: no getter, no trap of a proxy, no conversion.
 *
 * @throws SecurityContextError when the claim has no form that can be compared with a column.
 */
export function readClaim(context: object, path: readonly string[]): ClaimValue {
  const value = readOwnValue(context, path);
  if (value === undefined) return absent;
  return value === null ? nullClaim : claimValue(value, path);
}

/**
 * What a context has at a path, undefined when it has nothing there; null as soon as the way leads
 * through a null.
 *
 * @throws SecurityContextError when the way leads through anything else that is no plain object.
 */
export function readOwnValue(
  context: object,
  path: readonly string[],
): NonNullable<unknown> | null | undefined {
  let current: object = context;
  for (let index = 0; index < path.length; index++) {
    const value = ownValue(current, path[index]!, path);
    if (value === undefined || value === null || index === path.length - 1) return value;
    if (!isPlainObject(value)) {
      const where = path.slice(0, index + 1);
      throw bad(where, `must be an object, since ${claimName(path)} is read from it`);
    }
    current = value;
  }
  return undefined;
}

/** What `unsafeValue()` makes of a value. */
export function claimText(value: ClaimScalar): string {
  return typeof value === 'number' ? plainNumber(value) : String(value);
}

/** A value as the text that equals no other value. */
export function exactText(value: ClaimScalar): string {
  return String(value);
}

/** A value as text for dialects that compare loosely: their booleans are 1 and 0. */
export function comparableText(value: ClaimScalar): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return claimText(value);
}

function claimValue(value: unknown, path: readonly string[]): ClaimValue {
  if (typeof value !== 'object' || value === null) {
    return { kind: 'scalar', value: scalar(value, path, '') };
  }
  if (types.isProxy(value) || !Array.isArray(value)) throw badKind(value, path, '');
  const list = value as readonly unknown[];
  if (list.length > longestList) throw bad(path, `has more than ${longestList} items`);
  if (list.length === 0) return empty;
  const items: ClaimScalar[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = ownValue(list, String(index), path);
    if (item !== null && item !== undefined) items.push(scalar(item, path, `[${index}]`));
  }
  return items.length === 0 ? empty : { kind: 'list', items };
}

function scalar(value: unknown, path: readonly string[], item: string): ClaimScalar {
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return value;
    case 'string':
      if (value.length > longestText)
        throw bad(path, `is longer than ${longestText} characters`, item);
      if (value.includes('\0')) throw bad(path, 'has a NUL character', item);
      if (!value.isWellFormed()) throw bad(path, 'is no valid Unicode text', item);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw bad(path, 'is no finite number', item);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw bad(
          path,
          'is an integer beyond 2^53, which may have been rounded; send it as a string',
          item,
        );
      }
      return value === 0 ? 0 : value;
    default:
      throw badKind(value, path, item);
  }
}

/** undefined: absent. An accessor is refused: running it would run the caller's code. */
function ownValue(
  holder: object,
  name: string,
  path: readonly string[],
): NonNullable<unknown> | null | undefined {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  if (property === undefined || !property.enumerable) return undefined;
  if (!('value' in property)) throw bad(path, 'is a getter, which is never run; pass plain data');
  return property.value as NonNullable<unknown> | null | undefined;
}

/** Of this realm or another one; never a proxy, whose traps are code. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Another realm's Object.prototype; read without running anything of the caller's.
  return (
    !types.isProxy(prototype) &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(prototype) === null &&
    ['hasOwnProperty', 'isPrototypeOf', 'valueOf'].every((name) =>
      Object.hasOwn(prototype as object, name),
    )
  );
}

function badKind(value: unknown, path: readonly string[], item: string): SecurityContextError {
  return bad(
    path,
    `is ${describe(value)}; a claim must be a string, number, boolean, or a list of them`,
    item,
  );
}

function bad(path: readonly string[], problem: string, item = ''): SecurityContextError {
  return new SecurityContextError(
    'context/bad-claim',
    say`${asked(claimName(path))}${asked(item)} ${asked(problem)}`,
  );
}

function claimName(path: readonly string[]): string {
  return ['SECURITY_CONTEXT', ...path].join('.');
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'undefined') return 'undefined';
  if (types.isProxy(value)) return 'a proxy';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/** Never in exponent form, which some databases read as a floating-point number. */
function plainNumber(value: number): string {
  const text = String(value);
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  // An integer as long as to need an exponent is refused.
  if (exponent === undefined) return text;
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${whole}${fraction}`;
}
