import type { Diagnostic, Report } from '../core/diagnostic.ts';
import { parseMemberPath } from '../core/names.ts';
import { didYouMean } from '../core/suggest.ts';
import { Turns } from '../core/turns.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { DeclarationUnit, Place } from '../syntax/declaration.ts';
import { checkCycles } from './check-cycles.ts';
import { checkJoins } from './check-joins.ts';
import type { InheritanceLimits } from './count-inherited.ts';
import { declareNames, spanOf, type DeclaredNames } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { DeclaredJoin } from './find-keyless-cubes.ts';
import { findWarnings } from './find-warnings.ts';
import { linkCube, linkView, type LinkedCube, type LinkedView } from './link-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Cube, Model } from './model.ts';
import { readContexts } from './read-contexts.ts';
import { spanOfJoin } from './span-of-join.ts';
import type { View } from './view.ts';

export interface BuildOptions {
  /** Rules of the dialect under which the schema's SQL is checked. */
  readonly lexical: LexicalRules;
  /** Most members of all cubes together. */
  readonly members: number;
  /** Most characters of all definitions together, with what they inherit. */
  readonly characters: number;
  /** Whether a filter is open for users without its claim. */
  readonly allowsAbsentClaims: boolean;
}

export interface BuiltModel {
  /** What could be linked; complete when no diagnostic is an error. */
  readonly model: Model;
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly links: Links;
}

/** By name: every cube and view that could be declared, and what linking it depended on. */
interface Links {
  readonly cubes: Map<string, LinkedCube>;
  readonly views: Map<string, LinkedView>;
  /** What is wrong with contexts, which no cube depends on. */
  readonly contextFindings: Diagnostic[];
}

/**
 * Declarations to a model: names, inheritance, references, the text of every fragment, cycles.
 *
 * @param previous A build without errors, under the same options: what did not change is taken from it.
 */
export async function buildModel(
  unit: DeclarationUnit,
  options: BuildOptions,
  previous: BuiltModel | null = null,
): Promise<BuiltModel> {
  const diagnostics: Diagnostic[] = [];
  const cubes = new Map<string, Cube>();
  const links: Links = { cubes: new Map(), views: new Map(), contextFindings: [] };
  let [errors, warnings] = [0, 0];
  const report: Report = (diagnostic) => {
    const count = diagnostic.severity === 'error' ? ++errors : ++warnings;
    if (count <= mostDiagnostics) diagnostics.push(diagnostic);
    if (errors >= mostDiagnostics) throw new TooMany();
  };
  const views = new Map<string, View>();
  const contexts = new Map<string, readonly string[]>();
  const made = { cubes, views, contexts, links };
  try {
    const declared = await build(unit, { ...options, previous }, made, report);
    if (errors === 0 && !unit.diagnostics.some(isError)) {
      const linked = [...links.cubes.values()];
      const openFilters = options.allowsAbsentClaims
        ? linked.flatMap((link) => link.openFilters)
        : [];
      const references = () => new Map(linked.flatMap((link) => [...link.references.members]));
      const { locate } = unit;
      const turns = new Turns();
      const found = findWarnings({ cubes, views, declared, locate, openFilters, references });
      for (const warning of found) {
        report(warning);
        if (warnings >= mostDiagnostics) break;
        if (turns.isDue) await turns.give();
      }
    }
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
  }
  const restricted = [...cubes.values(), ...views.values()].filter(isRestricted);
  const model = {
    cubes,
    views,
    contexts,
    restricted: restricted.map(({ name }) => name).sort(),
    quarantined: new Map<string, string>(),
  };
  return { model, diagnostics: diagnostics.sort(byPlace), links };
}

export function isRestricted({ accessPolicies }: Cube | View): boolean {
  return accessPolicies.length > 0;
}

/** Nobody mends more at once, and finding the places of more would keep the host busy. */
export const mostDiagnostics = 1_000;

/** Ends a build early: of diagnostics, or of members. */
class TooMany extends Error {}

/** And a twentieth of the limit of all, where that is more. */
const mostMembersOfCube = 10_000;

interface Made {
  readonly cubes: Map<string, Cube>;
  readonly views: Map<string, View>;
  readonly contexts: Map<string, readonly string[]>;
  readonly links: Links;
}

async function build(
  unit: DeclarationUnit,
  options: BuildOptions & { readonly previous: BuiltModel | null },
  { cubes, views, contexts, links }: Made,
  report: Report,
): Promise<DeclaredNames> {
  const read = {
    locate: unit.locate,
    report,
    hasErrors: unit.diagnostics.some(isError),
    ownerOf: (place: Place) => unit.definitionOf(place).name,
  };
  const { previous } = options;
  const turns = new Turns();
  const perCube = Math.max(mostMembersOfCube, options.members / 20);
  const limits = { ...options, perCube };
  const exceed = (limit: keyof InheritanceLimits): never => {
    if (limit === 'members') {
      const help = 'raise it with sandbox.members';
      report(reportModel('model/too-many-members', { limit: options.members }, { help }));
    } else if (limit === 'perCube') {
      const help = 'declare several cubes, or raise sandbox.members';
      report(reportModel('model/too-large-cube', { limit: limits.perCube }, { help }));
    } else {
      const help = 'raise it with sandbox.replyBytes';
      report(reportModel('model/too-much-text', { limit: options.characters }, { help }));
    }
    throw new TooMany();
  };
  const before = (name: string) => previous?.links.cubes.get(name)?.declared;
  const declared = await declareNames(unit, read, { before, limits, exceed, turns });
  let left = options.members;
  const spend = (count: number): void => {
    left -= count;
    if (left < 0) exceed('members');
  };
  for (const cube of declared.cubes.values()) spend(cube.members.size);
  const context: LinkContext = {
    ...read,
    ...declared,
    lexical: options.lexical,
    noteFilter: () => undefined,
    fileOf: (place) => unit.definitionOf(place).file,
    wayTo: (place) => [unit.definitionOf(place).name, ...keysTo(place)],
    viewFilter: () => undefined,
  };
  const kept = previous ? unchanged(previous.links, declared) : null;
  for (const name of [...declared.cubes.keys()].sort()) {
    const before = kept?.get(name);
    if (turns.isDue) await turns.give();
    const link = before ?? (await linkCube(declared.cubes.get(name)!, context, turns));
    links.cubes.set(name, link);
    if (link.cube) cubes.set(name, link.cube);
    if (before) for (const diagnostic of before.diagnostics) report(diagnostic);
  }
  const viewContext = { ...context, linked: cubes, spend };
  for (const name of [...declared.views.keys()].sort()) {
    if (turns.isDue) await turns.give();
    const link = await linkView(declared.views.get(name)!, viewContext);
    links.views.set(name, link);
  }
  const found = [...links.views.values()].flatMap((link) => link.views);
  const byName = new Map(found.map((view) => [view.name, view]));
  for (const name of [...byName.keys()].sort()) views.set(name, byName.get(name)!);
  checkViewFilters(links, byName, report);
  const known = new Set([...declared.cubes.keys(), ...views.keys()]);
  const reporting: Report = (diagnostic) => {
    links.contextFindings.push(diagnostic);
    report(diagnostic);
  };
  const named = readContexts(unit.definitions, known, { ...read, report: reporting });
  for (const [name, members] of named) contexts.set(name, members);
  const references = [...links.cubes].map(([name, link]) => [name, link.references] as const);
  if (links.cubes.size === cubes.size) {
    const spanOfDeclared = (join: DeclaredJoin) => spanOfJoin(join, declared, unit.locate);
    checkJoins(cubes, { report, spanOfJoin: spanOfDeclared });
  }
  checkCycles(new Map(references), { report, spanOf: (name) => spanOf(name, declared, unit) });
  return declared;
}

/** Reports what `FILTER_PARAMS` asks of views that they do not have. */
function checkViewFilters(
  { cubes }: Links,
  views: ReadonlyMap<string, View>,
  report: Report,
): void {
  for (const { member, span } of [...cubes.values()].flatMap((link) => link.viewFilters)) {
    const { cube, member: name } = parseMemberPath(member)!;
    const view = views.get(cube);
    const kind = view?.members.get(name)?.kind;
    if (!view || kind === 'dimension') continue;
    if (kind) report(reportModel('model/filter-params-member', { name: member }, { span }));
    else {
      const help = didYouMean(name, view.members.keys());
      report(reportModel('model/unknown-member', { cube, name }, { span, help }));
    }
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function keysTo(place: Place): (string | number)[] {
  return place.parent === null ? [] : [...keysTo(place.parent), place.key];
}

/** The cubes of a build that would be linked alike now: neither they nor what they looked up has changed. */
function unchanged(
  { cubes, views }: Links,
  declared: DeclaredNames,
): ReadonlyMap<string, LinkedCube> {
  const isChanged = (name: string): boolean =>
    cubes.get(name)?.declared !== declared.cubes.get(name) ||
    views.get(name)?.declared.definition !== declared.views.get(name)?.definition;
  return new Map(
    [...cubes].filter(
      ([name, { reads, readsAll }]) => !isChanged(name) && !readsAll && ![...reads].some(isChanged),
    ),
  );
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [first, second] = [a.span?.file ?? '', b.span?.file ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return (a.span?.start ?? 0) - (b.span?.start ?? 0);
}
