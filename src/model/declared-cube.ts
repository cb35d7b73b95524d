import { isIdentifier } from '../core/names.ts';
import { didYouMean } from '../core/suggest.ts';
import type {
  DeclaredObject,
  DeclaredValue,
  Definition,
  DeclarationUnit,
} from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { Member } from './model.ts';
import type { ReadContext } from './property-reader.ts';

/** A cube as declared, with what it inherits: the symbol table of linking. */
export interface DeclaredCube {
  readonly name: string;
  readonly definition: Definition;
  readonly body: DeclaredObject;
  /** Every member's name, its kind and its declaration, in order. */
  readonly members: ReadonlyMap<string, DeclaredMember>;
}

export interface DeclaredMember {
  readonly kind: Member['kind'];
  readonly value: DeclaredValue;
}

/** Words that templates give a meaning of their own. */
const reserved = new Set([
  'CUBE',
  'TABLE',
  'USER_CONTEXT',
  'SECURITY_CONTEXT',
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SQL_UTILS',
  'COMPILE_CONTEXT',
]);

const memberKinds = [
  ['measures', 'measure'],
  ['dimensions', 'dimension'],
  ['segments', 'segment'],
] as const;

/** Names and inheritance: every cube by its name, in the order of declaration. */
export function declareCubes(
  unit: DeclarationUnit,
  context: ReadContext,
): Map<string, DeclaredCube> {
  const definitions = new Map<string, Definition>();
  for (const definition of unit.definitions) {
    const place = () => context.locate(definition.place, 'name');
    if (definition.kind !== 'cube') {
      const what = `${definition.kind}()`;
      context.report(reportModel('model/not-supported-yet', { what }, { span: place() }));
    } else if (!isUsableName(definition.name)) {
      context.report(badName('cube', definition.name, place()));
    } else if (definitions.has(definition.name)) {
      const other = context.locate(definitions.get(definition.name)!.place, 'name');
      context.report(
        reportModel(
          'model/duplicate-cube',
          { name: definition.name },
          { span: place(), labels: [{ span: other, text: 'the first one is here' }] },
        ),
      );
    } else definitions.set(definition.name, definition);
  }
  const inheritance = new Inheritance(definitions, context);
  const cubes = new Map<string, DeclaredCube>();
  for (const definition of definitions.values()) {
    const body = inheritance.bodyOf(definition.name, []);
    const members = declareMembers(definition.name, body, context);
    cubes.set(definition.name, { name: definition.name, definition, body, members });
  }
  return cubes;
}

function isUsableName(name: string): boolean {
  return isIdentifier(name) && !reserved.has(name) && name !== '__proto__';
}

function badName(what: string, name: string, span: ReturnType<ReadContext['locate']>) {
  if (reserved.has(name)) return reportModel('model/reserved-name', { name }, { span });
  const help = 'names are letters, digits and _, and do not begin with a digit';
  return reportModel('model/bad-name', { what, name: name.slice(0, 100) }, { span, help });
}

function declareMembers(
  cube: string,
  body: DeclaredObject,
  context: ReadContext,
): Map<string, DeclaredMember> {
  const members = new Map<string, DeclaredMember>();
  for (const [key, kind] of memberKinds) {
    const declared = body.entries.get(key);
    if (declared?.kind !== 'object') continue;
    for (const [name, value] of declared.entries) {
      const known = members.get(name);
      if (!isUsableName(name)) {
        context.report(badName(kind, name, context.locate(value.place, 'name')));
      } else if (known) {
        const labels = [
          { span: context.locate(known.value.place, 'name'), text: `a ${known.kind} is here` },
        ];
        const span = context.locate(value.place, 'name');
        context.report(reportModel('model/duplicate-member', { cube, name }, { span, labels }));
      } else members.set(name, { kind, value });
    }
  }
  return members;
}

/** Merges a cube with what it extends: members and joins one by one, everything else whole. */
class Inheritance {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #context: ReadContext;
  readonly #bodies = new Map<string, DeclaredObject>();

  constructor(definitions: ReadonlyMap<string, Definition>, context: ReadContext) {
    this.#definitions = definitions;
    this.#context = context;
  }

  bodyOf(name: string, below: readonly string[]): DeclaredObject {
    const known = this.#bodies.get(name);
    if (known) return known;
    const { body } = this.#definitions.get(name)!;
    const base = this.#baseOf(body, [...below, name]);
    const merged = base ? merge(base, body) : body;
    this.#bodies.set(name, merged);
    return merged;
  }

  #baseOf(body: DeclaredObject, path: readonly string[]): DeclaredObject | null {
    const value = body.entries.get('extends');
    if (!value) return null;
    const name = cubeName(value);
    const span = this.#context.locate(value.place);
    if (name === null) {
      const expected = { key: 'extends', expected: 'a cube', found: 'something else' };
      this.#context.report(reportModel('model/bad-value', expected, { span }));
      return null;
    }
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      this.#context.report(reportModel('model/extends-cycle', { path: cycle }, { span }));
      return null;
    }
    if (this.#definitions.has(name)) return this.bodyOf(name, path);
    const help = didYouMean(name, this.#definitions.keys());
    this.#context.report(reportModel('model/unknown-cube', { name }, { span, help }));
    return null;
  }
}

/** A cube named as a value: a reference, a text, or a template of one reference. */
export function cubeName(value: DeclaredValue): string | null {
  if (value.kind === 'reference' && value.path.length === 1) return value.path[0]!;
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  if (value.kind !== 'template') return null;
  const [piece, ...others] = value.template.pieces;
  const isName = piece?.kind === 'reference' && others.length === 0 && piece.path.length === 1;
  return isName && !piece.source ? piece.path[0]! : null;
}

const mergedKeys = ['measures', 'dimensions', 'segments', 'joins'];
/** A child with a source of its own does not also have its base's. */
const sourceKeys = ['sql', 'sql_table', 'sqlTable'];

function merge(base: DeclaredObject, child: DeclaredObject): DeclaredObject {
  const entries = new Map(base.entries);
  entries.delete('extends');
  if (sourceKeys.some((key) => child.entries.has(key)))
    for (const key of sourceKeys) entries.delete(key);
  for (const [key, value] of child.entries) {
    if (key === 'extends') continue;
    const inherited = entries.get(key);
    const isMerged =
      mergedKeys.includes(key) && inherited?.kind === 'object' && value.kind === 'object';
    entries.set(key, isMerged ? mergeMembers(inherited, value) : value);
  }
  return { kind: 'object', entries, place: child.place };
}

function mergeMembers(base: DeclaredObject, child: DeclaredObject): DeclaredObject {
  return {
    kind: 'object',
    entries: new Map([...base.entries, ...child.entries]),
    place: child.place,
  };
}
