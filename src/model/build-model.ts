import type { Diagnostic, Report } from '../core/diagnostic.ts';
import { parseMemberPath } from '../core/names.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { DeclarationUnit, Place } from '../syntax/declaration.ts';
import { checkCycles } from './check-cycles.ts';
import { declareCubes } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Cube, Model } from './model.ts';
import { readCube } from './read-cube.ts';

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
  try {
    await build(unit, options, cubes, (diagnostic) => {
      diagnostics.push(diagnostic);
      if (diagnostics.length >= mostDiagnostics) throw new TooManyDiagnostics();
    });
  } catch (error) {
    if (!(error instanceof TooManyDiagnostics)) throw error;
  }
  return { model: { cubes, views: new Map() }, diagnostics: diagnostics.sort(byPlace) };
}

/** Nobody mends more at once, and finding the places of more would keep the host busy. */
const mostDiagnostics = 1_000;

class TooManyDiagnostics extends Error {}

/** Members read before other work of the process gets its turn. */
const sliceMembers = 1_000;

async function build(
  unit: DeclarationUnit,
  options: BuildOptions,
  cubes: Map<string, Cube>,
  report: Report,
): Promise<void> {
  const read = { locate: unit.locate, report };
  const declared = declareCubes(unit, read);
  let count = 0;
  for (const cube of declared.values()) count += cube.members.size;
  if (count > options.members) {
    const help = 'raise it with sandbox.members';
    report(reportModel('model/too-many-members', { limit: options.members }, { help }));
    return;
  }
  const context: LinkContext = {
    ...read,
    cubes: declared,
    lexical: options.lexical,
    hasErrors: unit.diagnostics.some((diagnostic) => diagnostic.severity === 'error'),
    fileOf: (place) => unit.definitions[rootOf(place)]!.file,
  };
  let sinceTurn = 0;
  for (const name of [...declared.keys()].sort()) {
    const found = declared.get(name)!;
    const cube = readCube(found, context);
    if (cube) cubes.set(name, cube);
    sinceTurn += found.members.size;
    if (sinceTurn < sliceMembers) continue;
    sinceTurn = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  checkCycles(cubes, {
    report,
    spanOf: (name) => {
      const path = parseMemberPath(name);
      const cube = declared.get(path?.cube ?? name);
      const member = path && cube?.members.get(path.member);
      return cube && unit.locate(member ? member.value.place : cube.definition.place, 'name');
    },
  });
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
