import { invariant } from '../core/invariant.ts';
import { comparableText, type ClaimValue } from '../planner/claims.ts';
import type { ParameterSource, ParameterValue } from '../sql/ast.ts';
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
  source: Extract<ParameterSource, { kind: 'claim' }>,
  claim: (path: readonly string[]) => ClaimValue,
): ParameterValue {
  const value = claim(source.claim);
  switch (source.encoding) {
    case 'array':
    case 'json':
      invariant(value.kind === 'list', 'a list parameter needs a list claim');
      return value.items;
    case 'value':
      return itemOf(value, source.item);
    case 'text':
      return comparableText(itemOf(value, source.item));
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
  if (traits.looseEquality) return JSON.stringify(value.map(comparableText));
  return `[${value.map(jsonItem).join(',')}]`;
}

/** JSON has no 64-bit integers of its own, but engines read the digits exactly. */
function jsonItem(value: string | number | bigint | boolean): string {
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
