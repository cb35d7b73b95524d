import type { Model } from '../model/model.ts';
import type { Budget } from '../planner/budget.ts';
import type { ClaimValue } from '../planner/claims.ts';
import type { Plan } from '../planner/plan.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import type { ChosenTexts } from './chosen-texts.ts';
import type { FragmentTexts } from './fragment-texts.ts';

/** What an absent claim means to `filter`: `1=1`, `1=0` or an error. */
export type MissingContext = 'allow' | 'deny' | 'error';

/** How a context filter was applied in one statement. */
export interface AppliedFilter {
  /** `Orders` for a cube's own source, else the member (`Orders.count`). */
  readonly member: string;
  /** `sql`, `filters[0].sql`, `access_policy`, ... */
  readonly property: string;
  /**
   * `source` protects rows, `view` those that a view joins, and `mask` the values of a member; a filter
   * anywhere else is reported and protects nothing.
   */
  readonly position: 'source' | 'view' | 'member' | 'mask';
  /** `id`, `user.id`; empty for an access policy over constants, and for a mask. */
  readonly claim: string;
  readonly required: boolean;
  readonly applied: 'bound' | 'absent' | 'null' | 'empty' | 'masked';
  /** `or-beside`: an OR next to the filter, or around it, can undo it. */
  readonly warning: 'or-beside' | null;
}

/** What lowering one statement needs; the only mutable part is what it collects. */
export interface Lowering {
  readonly model: Model;
  /** The query: its filters and its time zone, which a schema's own SQL may ask for. */
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly fragments: FragmentTexts;
  /** Which branches of the schema's texts hold for this user. */
  readonly chosen: ChosenTexts;
  /** The state of a claim in this call's security context. */
  readonly claim: (path: readonly string[]) => ClaimValue;
  readonly missingContext: MissingContext;
  /** Milliseconds since 1970: what `today` in a policy is read from. */
  readonly now: number;
  /** Whether protected sources are printed behind a fence. */
  readonly barrier: boolean;
  readonly applied: AppliedFilter[];
  /** Bounds the expansion of members that refer to members, which can double at every step. */
  readonly budget: Budget;
  /** Cubes whose sources stand inside a member's SQL. */
  readonly inner: Set<string>;
}
