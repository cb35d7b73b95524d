import { contextWords, contextWordsOfColumns } from '../core/context-words.ts';
import { isIdentifier, parseMemberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import type { Turns } from '../core/turns.ts';
import type {
  DeclarationUnit,
  DeclaredObject,
  DeclaredValue,
  Definition,
} from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { InheritanceLimits } from './count-inherited.ts';
import { Inheritance } from './extend-definition.ts';
import type { Member } from './model.ts';
import { namedEntries } from './named-entries.ts';
import type { ReadContext } from './property-reader.ts';

/** A cube as declared, with what it inherits: the symbol table of linking. */
export interface DeclaredCube {
  readonly name: string;
  readonly definition: Definition;
  readonly body: DeclaredObject;
  /** Every member's name, its kind and its declaration, in order. */
  readonly members: ReadonlyMap<string, DeclaredMember>;
  /** Names of its pre-aggregations. */
  readonly preAggregations: ReadonlySet<string>;
}

export interface DeclaredMember {
  readonly kind: Member['kind'];
  readonly value: DeclaredValue;
  /** Where its name stands. */
  readonly span: () => Span;
}

/** A view as declared, with what it inherits. */
export interface DeclaredView {
  readonly name: string;
  readonly definition: Definition;
  readonly body: DeclaredObject;
}

/** Every cube and view by its name, in the order of declaration. */
export interface DeclaredNames {
  readonly cubes: ReadonlyMap<string, DeclaredCube>;
  readonly views: ReadonlyMap<string, DeclaredView>;
}

/** Where a cube (`Orders`) or a member (`Orders.count`) is declared. */
export function spanOf(
  name: string,
  { cubes }: Pick<DeclaredNames, 'cubes'>,
  { locate }: Pick<ReadContext, 'locate'>,
): Span | undefined {
  const path = parseMemberPath(name);
  const cube = cubes.get(path?.cube ?? name);
  const member = path && cube?.members.get(path.member);
  return member ? member.span() : cube && locate(cube.definition.place, 'name');
}

/** Words that templates give a meaning of their own. */
const reserved = new Set([
  'CUBE',
  'TABLE',
  ...contextWords.filter((word) => !contextWordsOfColumns.has(word)),
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SQL_UTILS',
  'COMPILE_CONTEXT',
]);

export interface DeclareSetting {
  readonly before: (name: string) => DeclaredCube | undefined;
  readonly limits: InheritanceLimits;
  /** Is told of the limit that inheritance passes; throws. */
  readonly exceed: (limit: keyof InheritanceLimits) => never;
  readonly turns: Turns;
}

const memberKinds = [
  ['measures', 'measure'],
  ['dimensions', 'dimension'],
  ['segments', 'segment'],
] as const;

/**
 * Names and inheritance. A `view()` with SQL of its own is a cube, as it was in 2020. A cube of an
 * earlier compile without errors stays the same object where its declaration has not changed.
 */
export async function declareNames(
  unit: DeclarationUnit,
  context: ReadContext,
  { before, limits, exceed, turns }: DeclareSetting,
): Promise<DeclaredNames> {
  const definitions = new Map<string, Definition>();
  for (const definition of unit.definitions) {
    if (definition.kind === 'context') continue;
    const span = () => context.locate(definition.place, 'name');
    const known = definitions.get(definition.name);
    const { name } = definition;
    if (!isUsableName(name)) {
      context.report(badName(definition.kind, name, span()));
    } else if (contextWordsOfColumns.has(name)) {
      const help = 'call the cube something else; sql_table may be of this name';
      context.report(reportModel('model/reserved-name', { name }, { span: span(), help }));
    } else if (known) {
      const other = context.locate(known.place, 'name');
      const labels = [{ span: other, text: 'the first one is here' }];
      const parameters = { name: definition.name, kinds: kindsOf(known, definition) };
      context.report(reportModel('model/duplicate-cube', parameters, { span: span(), labels }));
    } else definitions.set(definition.name, definition);
  }
  const inheritance = new Inheritance(definitions, context);
  const passed = await inheritance.prepare(limits, turns);
  if (passed) exceed(passed);
  const cubes = new Map<string, DeclaredCube>();
  const views = new Map<string, DeclaredView>();
  for (const definition of definitions.values()) {
    const { name } = definition;
    const { body, isView } = inheritance.of(name);
    if (turns.isDue) await turns.give();
    const same = before(name);
    if (isView) views.set(name, { name, definition, body });
    else if (same?.definition === definition && isSameValue(same.body, body)) cubes.set(name, same);
    else {
      const members = declareMembers(name, body, context);
      const preAggregations = preAggregationNames(body, context);
      cubes.set(name, { name, definition, body, members, preAggregations });
    }
  }
  return { cubes, views };
}

/** What is wrong with them is reported where they are read. */
function preAggregationNames(body: DeclaredObject, context: ReadContext): Set<string> {
  const value = body.entries.get('pre_aggregations') ?? body.entries.get('preAggregations');
  const entries = namedEntries(value, 'pre_aggregations', {
    ...context,
    report: () => undefined,
  });
  return new Set(entries.map((entry) => entry.name));
}

function kindsOf(first: Definition, second: Definition): string {
  if (first.kind === second.kind) return `two ${first.kind}s`;
  return 'a cube and a view';
}

/** Values keep their identity while their file is not evaluated again; merged bodies are made anew. */
function isSameValue(a: DeclaredValue, b: DeclaredValue): boolean {
  if (a === b) return true;
  if (a.kind !== 'object' || b.kind !== 'object') return false;
  if (a.place !== b.place || a.entries.size !== b.entries.size) return false;
  const others = b.entries.entries();
  for (const [key, value] of a.entries) {
    const [otherKey, other] = others.next().value!;
    if (key !== otherKey || !isSameValue(value, other)) return false;
  }
  return true;
}

export function isUsableName(name: string): boolean {
  return isIdentifier(name) && !reserved.has(name) && name !== '__proto__';
}

export function badName(what: string, name: string, span: Span) {
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
    for (const { name, value, span } of namedEntries(body.entries.get(key), key, context)) {
      const known = members.get(name);
      if (!isUsableName(name)) context.report(badName(kind, name, span()));
      else if (known) {
        const labels = [{ span: known.span(), text: `a ${known.kind} is here` }];
        const parameters = { cube, name };
        context.report(reportModel('model/duplicate-member', parameters, { span: span(), labels }));
      } else members.set(name, { kind, value, span });
    }
  }
  return members;
}
