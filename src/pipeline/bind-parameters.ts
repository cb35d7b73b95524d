import { invariant } from '../core/invariant.ts';
import { comparableText, exactText, type ClaimScalar, type ClaimValue } from '../planner/claims.ts';
import type { ClaimEncoding, ParameterSource, ParameterValue } from '../sql/ast.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';

/** The values of one call, in the order of the statement's placeholders. */
export function bindParameters(
  sources: readonly ParameterSource[],
  claim: (path: readonly string[]) => ClaimValue,
  dialect: Dialect,
): ParameterValue[] {
  return sources.map((source) => {
    const value = source.kind === 'constant' ? source.value : claimParameter(source, claim);
    return encode(value, dialect);
  });
}

function claimParameter(
  { claim: path, item, encoding, whole }: Extract<ParameterSource, { kind: 'claim' }>,
  claim: (path: readonly string[]) => ClaimValue,
): ParameterValue {
  const value = claim(path);
  if (!whole) return encoded(itemOf(value, item), encoding);
  invariant(value.kind === 'list', 'a list parameter needs a list claim');
  return value.items.flatMap((each) => encoded(each, encoding) ?? []);
}

/** null equals nothing. */
function encoded(value: ClaimScalar, encoding: ClaimEncoding): ClaimScalar | null {
  switch (encoding) {
    case 'value':
      return value;
    case 'text':
      return comparableText(value);
    case 'exact':
      return exactText(value);
    case 'exact-boolean':
      return typeof value === 'boolean' ? comparableText(value) : null;
  }
}

function itemOf(value: ClaimValue, item: number | null): string | number | bigint | boolean {
  if (value.kind === 'scalar') return value.value;
  invariant(value.kind === 'list', 'a bound parameter needs a value');
  const found = value.items[item ?? 0];
  invariant(found !== undefined, 'a statement was printed for a longer list');
  return found;
}

function encode(value: ParameterValue, dialect: Dialect): ParameterValue {
  const { traits } = dialect;
  if (typeof value === 'boolean' && traits.booleansAsNumbers) return value ? 1 : 0;
  if (typeof value !== 'object' || value === null) return value;
  // A copy: the list of a plan is shared by every call.
  if (traits.longLists === 'array') return [...value];
  // Loosely comparing dialects compare the items as text, whatever they were.
  if (traits.looseEquality === 'folds') return JSON.stringify(value.map(comparableText));
  return `[${value.map(jsonItem).join(',')}]`;
}

/** JSON has no 64-bit integers of its own, but engines read the digits exactly. */
function jsonItem(value: string | number | bigint | boolean): string {
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
