import { assertNever } from '../core/invariant.ts';
import type { MaskValue } from '../model/mask.ts';
import type { Expression, SqlType } from '../sql/ast.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import { instantText } from './lower-condition.ts';

const sqlTypes = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  time: 'timestamp',
} as const satisfies Record<MaskValue['type'], SqlType>;

/** A value of the schema, of the type that databases compare and group it by. */
export function lowerLiteral({ value, type }: MaskValue, dialect: Dialect): Expression {
  const cast = (operand: Expression): Expression => ({
    kind: 'cast',
    operand,
    type: sqlTypes[type],
  });
  if (value === null) return cast({ kind: 'null' });
  switch (typeof value) {
    case 'number':
      return { kind: 'number', value };
    case 'boolean':
      return cast({ kind: 'number', value: value ? 1 : 0 });
    case 'string':
      return type === 'time'
        ? cast({ kind: 'string', value: instantText(value, dialect) })
        : { kind: 'string', value };
    default:
      return assertNever(value);
  }
}
