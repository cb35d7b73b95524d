import { assertNever } from '../../core/invariant.ts';
import type { PolicyFilter, PolicyValue } from '../../model/access-policy.ts';
import type { Condition } from '../condition.ts';

/** Values of one list that are printed; the rest is counted. */
const maxValues = 8;

/** One line of text: `Orders.status in ("new", "paid") and not Orders.archived is null`. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return group(condition.kind, condition.items.map(conditionText));
    case 'segment':
      return `segment ${condition.member}`;
    case 'null-test':
      return `${condition.member} is ${condition.negated ? 'not ' : ''}null`;
    case 'in':
      return `${condition.member} ${condition.negated ? 'not in' : 'in'} ${list(condition.values.map(valueText))}`;
    case 'contains':
      return `${condition.member} ${condition.negated ? 'not ' : ''}${positions[condition.position]} ${valueText(condition.value)}`;
    case 'compare':
      return `${condition.member} ${condition.operator} ${valueText(condition.value)}`;
    case 'compare-instant':
      return `${condition.member} ${condition.operator} ${condition.instant}`;
    case 'policy':
      return `policy of ${condition.view}: ${policyText(condition.filter)}`;
    case 'measure-filters':
      return `filters of ${condition.member}`;
    case 'constant':
      return String(condition.value);
    default:
      return assertNever(condition);
  }
}

const positions = { anywhere: 'contains', start: 'starts with', end: 'ends with' } as const;

/** The rows that a policy shows. */
export function policyText(filter: PolicyFilter): string {
  if (filter.kind !== 'member') return group(filter.kind, filter.items.map(policyText));
  const values = filter.values.map(policyValueText);
  return [filter.member, filter.operator, ...(values.length > 0 ? [list(values)] : [])].join(' ');
}

function policyValueText(value: PolicyValue): string {
  return value.kind === 'claim' ? `claim ${value.claim.join('.')}` : valueText(value.value);
}

function group(operator: 'and' | 'or', items: readonly string[]): string {
  const [only] = items;
  if (only === undefined) return operator === 'and' ? 'true' : 'false';
  return items.length === 1 ? only : `(${items.join(` ${operator} `)})`;
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, maxValues);
  const more = texts.length - shown.length;
  return `(${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')})`;
}

function valueText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Array.isArray(value) ? list(value.map(valueText)) : JSON.stringify(value);
}
