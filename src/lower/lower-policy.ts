import { assertNever } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, memberName, say, word } from '../core/told.ts';
import type { PolicyFilter, PolicyValue } from '../model/access-policy.ts';
import type { DimensionType } from '../model/model.ts';
import type { ClaimValue } from '../planner/claims.ts';
import { isOperatorFor, planLeaf } from '../planner/plan-leaf.ts';
import { isFixedShape, type PolicyLeaf } from '../planner/policy-leaf.ts';
import { QueryReader } from '../planner/query-reader.ts';
import { filterOperators, type FilterOperator, type FilterValue } from '../planner/request.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import { ZoneClock } from '../planner/time/zone-clock.ts';
import type { Expression, RawExpression } from '../sql/ast.ts';
import { lowerCondition } from './lower-condition.ts';
import type { AppliedFilter, Lowering } from './lowering.ts';
import { inUtc } from './time-form.ts';

/** Where a policy holds: in the source of its cube, or over the rows that its view joins. */
export interface PolicyPlace {
  readonly owner: string;
  readonly position: AppliedFilter['position'];
  /** Local times are those of UTC there. */
  readonly resolve: (member: MemberPath) => {
    readonly expression: Expression;
    readonly type: DimensionType;
  };
}

const never: Expression = { kind: 'constant', value: false };

/**
 * The rows that access policies show, as a condition. A claim that is absent, null or an empty list
 * shows no rows, whatever the operator.
 */
export function lowerPolicy(
  filter: PolicyFilter,
  place: PolicyPlace,
  lowering: Lowering,
): Expression {
  if (filter.kind === 'member') return lowerLeaf(filter, place, lowering);
  const items = filter.items.map((item) => lowerPolicy(item, place, lowering));
  return { kind: 'logical', operator: filter.kind, items };
}

function lowerLeaf(leaf: PolicyLeaf, place: PolicyPlace, lowering: Lowering): Expression {
  const claims = leaf.values.flatMap((value) => (value.kind === 'claim' ? [value.claim] : []));
  for (const claim of claims) report(claim.join('.'), lowering.claim(claim), place, lowering);
  if (claims.length === 0) report('', null, place, lowering);
  const { expression, type } = place.resolve(leaf.member);
  if (leaf.operator !== 'equals' || type === 'time') {
    return lowerComparison(leaf, expression, type, place, lowering);
  }
  const items = leaf.values.map((value) =>
    value.kind === 'claim'
      ? equalToClaim(value.claim, expression, type, lowering)
      : lowerComparison({ ...leaf, values: [value] }, expression, type, place, lowering),
  );
  return items.length === 1 ? items[0]! : { kind: 'logical', operator: 'or', items };
}

/** As strictly as a context filter compares. */
function equalToClaim(
  claim: readonly string[],
  column: Expression,
  type: DimensionType,
  lowering: Lowering,
): Expression {
  const value = lowering.claim(claim);
  if (value.kind !== 'scalar' && value.kind !== 'list') return never;
  return {
    kind: 'claim-comparison',
    column: toRaw(column),
    claim,
    items: value.kind === 'list' ? value.items.length : null,
    item: null,
    ...(type === 'boolean' && { isBoolean: true }),
  };
}

/** By the rules of the query's own filters, in UTC: a user chooses the query's time zone. */
function lowerComparison(
  leaf: PolicyLeaf,
  operand: Expression,
  type: DimensionType,
  { owner }: PolicyPlace,
  lowering: Lowering,
): Expression {
  const operator = leaf.operator as FilterOperator;
  const values: FilterValue[] = [];
  for (const value of leaf.values) {
    const known = valuesOf(value, lowering);
    if (known === null) return never;
    values.push(...known);
  }
  const arity = filterOperators[operator];
  const isEmpty = values.length === 0 && arity !== 'ignored';
  if (isEmpty) return never;
  const reader = new QueryReader();
  const isMany = (arity === 'one' && values.length > 1) || (arity === 'range' && values.length > 2);
  const dates = { now: lowering.now, clock: new ZoneClock('UTC') };
  const place = { name: leaf.member, path: '', place: '' };
  const isComparable = !isMany && isOperatorFor(operator, type);
  const planned =
    isComparable &&
    planLeaf({ kind: 'leaf', operator, values, ...place }, leaf.member, type, { reader, dates });
  if (planned) return lowerCondition(planned.condition, inUtc(lowering), () => operand);
  throw new SecurityContextError(
    'context/bad-policy-value',
    say`an access policy of ${cubeName(owner)} cannot compare ${memberName(leaf.member)} by ${word(operator)} with its ${isFixedShape(leaf, type) ? word('values') : word('claims')}`,
  );
}

/** null: a claim that shows no rows. */
function valuesOf(value: PolicyValue, lowering: Lowering): readonly FilterValue[] | null {
  if (value.kind === 'constant') return [value.value];
  const claim = lowering.claim(value.claim);
  switch (claim.kind) {
    case 'scalar':
      return [claim.value];
    case 'list':
      return claim.items;
    case 'absent':
    case 'null':
    case 'empty':
      return null;
    default:
      return assertNever(claim);
  }
}

function report(
  claim: string,
  value: ClaimValue | null,
  { owner, position }: PolicyPlace,
  { applied }: Lowering,
): void {
  const isBound = value === null || value.kind === 'scalar' || value.kind === 'list';
  applied.push({
    member: owner,
    property: 'access_policy',
    position,
    claim,
    required: true,
    applied: isBound ? 'bound' : value.kind,
    warning: null,
  });
}

function toRaw(expression: Expression): RawExpression {
  return expression.kind === 'raw'
    ? expression
    : { kind: 'raw', parts: [{ kind: 'expression', expression }], binding: 'atom' };
}
