import type { DeclaredValue } from '../syntax/declaration.ts';
import { unevaluated } from '../syntax/guest-abi.ts';
import { isYaml } from './check-braces.ts';
import { reportModel } from './diagnostics.ts';
import type { ReadContext } from './property-reader.ts';

/** What a value is, for messages: `a text`, `the reference Orders.count`. */
export function describeValue(value: DeclaredValue): string {
  switch (value.kind) {
    case 'scalar':
      return value.value === null
        ? 'null'
        : `a ${typeof value.value === 'string' ? 'text' : typeof value.value}`;
    case 'list':
      return 'a list';
    case 'object':
      return 'an object';
    case 'template':
      return 'a text with references';
    case 'reference':
      return `the reference ${value.path.join('.')}`;
    case 'opaque':
      return value.what;
  }
}

/** Reports a value of another kind than a property takes, unless evaluating it has failed already. */
export function badValue(
  parameters: { readonly key: string; readonly expected: string; readonly found: string },
  value: DeclaredValue,
  { locate, report, hasErrors }: ReadContext,
): void {
  if (value.kind === 'opaque' && value.what === unevaluated && hasErrors) return;
  const span = locate(value.place);
  const isBare = value.kind === 'scalar' && ['number', 'boolean'].includes(typeof value.value);
  const takesText = /^(a text|SQL text|an interval)\b/.test(parameters.expected);
  const help = isYaml(span.file) && isBare && takesText ? 'put it in quotes' : undefined;
  report(reportModel('model/bad-value', parameters, { span, help }));
}
