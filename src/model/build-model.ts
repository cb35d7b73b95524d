import type { Diagnostic, Report } from '../core/diagnostic.ts';
import { parseMemberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { DeclarationUnit, Place } from '../syntax/declaration.ts';
import { checkCycles } from './check-cycles.ts';
import { declareNames, type DeclaredNames } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Cube, Model } from './model.ts';
import { readCube } from './read-cube.ts';
import { readView } from './read-view.ts';
import type { View } from './view.ts';

export interface BuildOptions {
  /** Rules of the dialect under which the schema's SQL is checked. */
  readonly lexical: LexicalRules;
  /** Most members of all cubes together. */
  readonly members: number;
}

export interface BuiltModel {
  /** What could be linked; complete when no diagnostic is an error. */
  readonly model: Model;
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Declarations to a model: names, inheritance, references, the text of every fragment, cycles. */
export async function buildModel(
  unit: DeclarationUnit,
  options: BuildOptions,
): Promise<BuiltModel> {
  const diagnostics: Diagnostic[] = [];
  const cubes = new Map<string, Cube>();
  const views = new Map<string, View>();
  const report: Report = (diagnostic) => {
    diagnostics.push(diagnostic);
    if (diagnostics.length >= mostDiagnostics) throw new TooMany();
  };
  try {
    await build(unit, options, { cubes, views }, report);
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
  }
  return { model: { cubes, views }, diagnostics: diagnostics.sort(byPlace) };
}

/** Nobody mends more at once, and finding the places of more would keep the host busy. */
const mostDiagnostics = 1_000;

/** Ends a build early: of diagnostics, or of members. */
class TooMany extends Error {}

/** Members read before other work of the process gets its turn. */
const sliceMembers = 1_000;

async function build(
  unit: DeclarationUnit,
  options: BuildOptions,
  { cubes, views }: { cubes: Map<string, Cube>; views: Map<string, View> },
  report: Report,
): Promise<void> {
  const read = { locate: unit.locate, report };
  const declared = declareNames(unit, read);
  let left = options.members;
  const spend = (count: number): void => {
    left -= count;
    if (left >= 0) return;
    const help = 'raise it with sandbox.members';
    report(reportModel('model/too-many-members', { limit: options.members }, { help }));
    throw new TooMany();
  };
  for (const cube of declared.cubes.values()) spend(cube.members.size);
  const context: LinkContext = {
    ...read,
    ...declared,
    lexical: options.lexical,
    hasErrors: unit.diagnostics.some((diagnostic) => diagnostic.severity === 'error'),
    fileOf: (place) => unit.definitions[rootOf(place)]!.file,
    wayTo: (place) => [unit.definitions[rootOf(place)]!.name, ...keysTo(place)],
  };
  const takeTurn = turns();
  for (const name of [...declared.cubes.keys()].sort()) {
    const found = declared.cubes.get(name)!;
    const cube = readCube(found, context);
    if (cube) cubes.set(name, cube);
    await takeTurn(found.members.size);
  }
  const viewContext = { ...context, linked: cubes, spend };
  const found = new Map<string, View>();
  for (const name of [...declared.views.keys()].sort()) {
    for (const view of readView(declared.views.get(name)!, viewContext)) {
      found.set(view.name, view);
      await takeTurn(view.members.size);
    }
  }
  for (const name of [...found.keys()].sort()) views.set(name, found.get(name)!);
  checkCycles(cubes, { report, spanOf: (name) => spanOf(name, declared, unit) });
}

/** Lets other work of the process have its turn after every so many members. */
function turns(): (members: number) => Promise<void> {
  let sinceTurn = 0;
  return async (members) => {
    sinceTurn += members;
    if (sinceTurn < sliceMembers) return;
    sinceTurn = 0;
    await new Promise((resolve) => setImmediate(resolve));
  };
}

function spanOf(name: string, { cubes }: DeclaredNames, unit: DeclarationUnit): Span | undefined {
  const path = parseMemberPath(name);
  const cube = cubes.get(path?.cube ?? name);
  const member = path && cube?.members.get(path.member);
  return member ? member.span() : cube && unit.locate(cube.definition.place, 'name');
}

function keysTo(place: Place): (string | number)[] {
  return place.parent === null ? [] : [...keysTo(place.parent), place.key];
}

function rootOf(place: Place): number {
  let current = place;
  while (current.parent !== null) current = current.parent;
  return current.key as number;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [first, second] = [a.span?.file ?? '', b.span?.file ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return (a.span?.start ?? 0) - (b.span?.start ?? 0);
}
