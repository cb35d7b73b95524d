import { reportModel } from './diagnostics.ts';
import { effects, typeWhenUnsaid, type Requirement } from './effects.data.ts';
import { shapes, type ShapeName } from './properties.data.ts';
import type { ReadContext } from './property-reader.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import { labelOf } from './shapes.ts';

type Values = ReadonlyMap<string, DeclaredValue>;

/** Reports the properties of an object that have no effect beside the others, each at its place. */
export function checkEffects(values: Values, shape: ShapeName, context: ReadContext): void {
  const requirements = effects[shape];
  if (!requirements) return;
  for (const [key, value] of values) {
    if (!Object.hasOwn(requirements, key) || isOff(value)) continue;
    for (const requirement of requirements[key]!) {
      if (check(requirement, { key, value, values, shape }, context)) break;
    }
  }
}

interface Property {
  readonly key: string;
  readonly value: DeclaredValue;
  readonly values: Values;
  readonly shape: ShapeName;
}

/** True after reporting. */
function check(
  requirement: Requirement,
  { key, value, values, shape }: Property,
  context: ReadContext,
): boolean {
  const span = () => context.locate(value.place, 'name');
  switch (requirement.kind) {
    case 'never': {
      const extras = { span: span(), help: requirement.help, severity: 'warning' } as const;
      context.report(reportModel('model/no-effect', { key }, extras));
      return true;
    }
    case 'without': {
      const other = requirement.others.find(
        (name) => values.has(name) && !isOff(values.get(name)!),
      );
      if (other === undefined) return false;
      const first = context.locate(values.get(other)!.place, 'name');
      const labels = [{ span: first, text: 'the other' }];
      const parameters = { what: labelOf(shape), key, other };
      context.report(reportModel('model/not-both', parameters, { span: span(), labels }));
      return true;
    }
    default: {
      const type = typeOf(values, shape);
      const { types, help, severity = 'error' } = requirement;
      if (type === null || types.includes(type)) return false;
      const expected = `the type${types.length > 1 ? 's' : ''} ${types.map((item) => `'${item}'`).join(', ')}`;
      context.report(
        reportModel('model/only-with', { key, expected }, { span: span(), help, severity }),
      );
      return true;
    }
  }
}

/** Under its one name; null where it is unknown, which is reported where it is read. */
function typeOf(values: Values, shape: ShapeName): string | null {
  const value = values.get('type');
  if (!value) return typeWhenUnsaid[shape] ?? null;
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return null;
  const expected = shapes[shape]['type']!.value;
  return expected.kind === 'word' ? (expected.words.get(value.value) ?? null) : value.value;
}

/** `false` says what is so without it. */
function isOff(value: DeclaredValue): boolean {
  return value.kind === 'scalar' && value.value === false;
}
