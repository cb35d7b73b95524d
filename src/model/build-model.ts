import type { Diagnostic } from '../core/diagnostic.ts';
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
export function buildModel(unit: DeclarationUnit, options: BuildOptions): BuiltModel {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const read = { locate: unit.locate, report };
  const declared = declareCubes(unit, read);
  let count = 0;
  for (const cube of declared.values()) count += cube.members.size;
  if (count > options.members) {
    const help = 'raise it with sandbox.members';
    report(reportModel('model/too-many-members', { limit: options.members }, { help }));
    return { model: { cubes: new Map() }, diagnostics };
  }
  const context: LinkContext = {
    ...read,
    cubes: declared,
    lexical: options.lexical,
    hasErrors: unit.diagnostics.some((diagnostic) => diagnostic.severity === 'error'),
    fileOf: (place) => unit.definitions[rootOf(place)]!.file,
  };
  const cubes = new Map<string, Cube>();
  for (const name of [...declared.keys()].sort()) {
    const cube = readCube(declared.get(name)!, context);
    if (cube) cubes.set(name, cube);
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
  return { model: { cubes }, diagnostics: diagnostics.sort(byPlace) };
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
