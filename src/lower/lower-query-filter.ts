import { asked, memberName, placeName, say } from '../core/told.ts';
import type { MemberFilter, QueryFilter } from '../model/model.ts';
import {
  acceptsMissingRow,
  filterArguments,
  readsSeveralSources,
  type FilterArguments,
} from '../planner/filter-params.ts';
import type { Condition } from '../planner/condition.ts';
import { QueryError } from '../planner/query-error.ts';
import type { TimeForm } from '../planner/time/local-bounds.ts';
import type { Expression } from '../sql/ast.ts';
import type { HoleState } from '../sql/raw-text.ts';
import { refuseInsideBarrier } from './barrier.ts';
import { constant, lowerCondition, timeBound } from './lower-condition.ts';
import { lowerFragment, type FragmentPlace } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';
import { timeFormOf, timeFormOfText } from './time-form.ts';

/**
 * What the query's filters say about the members of a `FILTER_PARAMS`: a condition that every row
 * of the answer fulfils, and `1=1` when they say nothing. Their values are bound.
 */
export function lowerQueryFilter(
  filter: QueryFilter,
  hole: HoleState,
  place: FragmentPlace,
  lowering: Lowering,
): Expression {
  if (hole.state !== 'code') throw insideLiteral(filter, place);
  const pushing = new FilterPushing(filter, place, lowering);
  const items = lowering.plan.rows.flatMap((condition) => pushing.condition(condition) ?? []);
  const [only] = items;
  if (only) refuseInsideBarrier(filter.filters, place, lowering);
  if (!only) return { kind: 'constant', value: true };
  return items.length === 1 ? only : { kind: 'logical', operator: 'and', items };
}

/** Whether an expression is printed as one comparison, which needs no brackets between ANDs. */
export function isOneTest({ kind }: Expression): boolean {
  return ['constant', 'comparison', 'in', 'null-test'].includes(kind);
}

/** Weakens the conditions of a query to what they say about some of its members. */
class FilterPushing {
  readonly #filters: readonly MemberFilter[];
  readonly #place: FragmentPlace;
  readonly #lowering: Lowering;
  readonly #isJoined: boolean;

  constructor({ filters }: QueryFilter, place: FragmentPlace, lowering: Lowering) {
    this.#filters = filters;
    this.#place = place;
    this.#lowering = lowering;
    this.#isJoined = readsSeveralSources(lowering.plan);
  }

  /** null: the condition says nothing about these members. */
  condition(condition: Condition): Expression | null {
    if (this.#isJoined && acceptsMissingRow(condition)) return null;
    const values = filterArguments(condition);
    if (values) return this.#every(condition, values);
    if (!('items' in condition)) return 'member' in condition ? this.#every(condition, null) : null;
    const { kind } = condition;
    const items = condition.items.map((item) => this.condition(item));
    const known = items.filter((item) => item !== null);
    // A row may pass an OR by the part that is not known here.
    if (known.length === 0 || (kind === 'or' && known.length < items.length)) return null;
    return { kind: 'logical', operator: kind, items: known };
  }

  /** A condition on one member, for each of its targets. */
  #every(condition: Condition, values: FilterArguments | null): Expression | null {
    const member = values?.member ?? ('member' in condition ? condition.member : null);
    const items = this.#filters.flatMap((filter) =>
      filter.member === member ? (this.#apply(filter, condition, values) ?? []) : [],
    );
    const [first] = items;
    if (!first) return null;
    return items.length === 1 ? first : { kind: 'logical', operator: 'and', items };
  }

  #apply(
    { target }: MemberFilter,
    condition: Condition,
    values: FilterArguments | null,
  ): Expression | null {
    const lowering = this.#lowering;
    if (target.kind === 'column') {
      if (condition.kind === 'segment' || condition.kind === 'measure-filters') return null;
      const column = lowerFragment(target.column, this.#place, lowering);
      return lowerCondition(
        condition,
        lowering,
        () => column,
        timeFormOfText(target.column, lowering),
      );
    }
    const { parameters, rest, body } = target;
    const count = values?.values.length ?? 0;
    // What a function makes of other values than it takes would be no part of the query's filter.
    if (!values || (rest ? count <= parameters : count !== parameters)) return null;
    const given = (form: TimeForm) => {
      const bound = values.values.map((value, index) => {
        if (values.type === 'value') return constant(value, lowering.dialect);
        const side = index === 0 ? 'from' : 'to';
        const of = timeFormOf(values.member, lowering);
        return timeBound({ instant: String(value), side, of }, form, lowering);
      });
      return { parameters: bound.slice(0, parameters), placeholders: bound.slice(parameters) };
    };
    const instants = given('instant');
    const isLocal = timeFormOfText(body, lowering) === 'local';
    const place = { ...this.#place, ...(isLocal ? { ...given('local'), instants } : instants) };
    return lowerFragment(body, place, lowering);
  }
}

function insideLiteral({ filters }: QueryFilter, place: FragmentPlace): QueryError {
  return new QueryError([
    {
      code: 'query/sql-not-in-dialect',
      path: '',
      message: say`FILTER_PARAMS.${memberName(filters[0]!.member)} stands inside a quoted text in the ${asked(place.property)} of ${placeName(place.member)}; remove the quotes around it`,
    },
  ]);
}
