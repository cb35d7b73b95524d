import type { Expression, RawExpression } from '../sql/ast.ts';

/** An expression that says what it protects; printed as it is. */
export function guarded(expression: Expression, guard: string): RawExpression {
  const part = { kind: 'expression', expression, bare: true, guard } as const;
  return { kind: 'raw', parts: [part], binding: bindingOf(expression) };
}

function bindingOf(expression: Expression): RawExpression['binding'] {
  switch (expression.kind) {
    case 'raw':
      return expression.binding;
    case 'number':
      return expression.value < 0 ? 'operators' : 'atom';
    case 'logical':
      return 'or';
    case 'comparison':
    case 'claim-comparison':
    case 'constant':
    case 'null-test':
    case 'in':
    case 'contains':
    case 'not':
    case 'bound-list':
      return 'operators';
    default:
      return 'atom';
  }
}
