import type { Plan } from '../planner/plan.ts';
import { zoneOffsets } from '../planner/time/zone-offsets.ts';
import type { Expression } from '../sql/ast.ts';
import type { Lowering } from './lowering.ts';

/** A stored instant in the query's time zone. `range`: between which instants it lies, if known. */
export function localTime(
  operand: Expression,
  range: Plan['range'],
  { plan, dialect }: Lowering,
): Expression {
  const offsets = dialect.traits.timeZones === 'offsets' ? zoneOffsets(plan.timezone, range) : [];
  return { kind: 'local-time', operand, zone: plan.timezone, offsets };
}
