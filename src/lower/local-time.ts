import { Budget } from '../planner/budget.ts';
import type { Plan } from '../planner/plan.ts';
import { offsetSteps, zoneOffsets, type ZoneOffset } from '../planner/time/zone-offsets.ts';
import type { Expression } from '../sql/ast.ts';
import type { Lowering } from './lowering.ts';

/** A stored instant in the query's time zone. `range`: between which instants it lies, if known. */
export function localTime(
  operand: Expression,
  range: Plan['range'],
  { plan, dialect }: Lowering,
): Expression {
  const offsets = dialect.traits.timeZones === 'offsets' ? offsetsOf(plan, range) : [];
  return { kind: 'local-time', operand, zone: plan.timezone, offsets };
}

/** By the root of a plan, zone and range: each of its time dimensions asks for the same. */
const known = new WeakMap<Plan['root'], Map<string, readonly ZoneOffset[]>>();

function offsetsOf({ root, timezone }: Plan, range: Plan['range']): readonly ZoneOffset[] {
  let byRange = known.get(root);
  if (!byRange) known.set(root, (byRange = new Map()));
  const key = range ? `${timezone} ${range.from} ${range.to}` : timezone;
  let offsets = byRange.get(key);
  if (!offsets) {
    new Budget().spend('changes of the clock', offsetSteps(timezone, range));
    byRange.set(key, (offsets = zoneOffsets(timezone, range)));
  }
  return offsets;
}
