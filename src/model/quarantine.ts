import type { Diagnostic } from '../core/diagnostic.ts';
import type { DeclarationUnit, Definition } from '../syntax/declaration.ts';
import type { BuiltModel } from './build-model.ts';
import { extendedName } from './extend-definition.ts';

/** Why a cube is left out of a model. */
export interface QuarantineCause {
  /** The cube that it depends on, when its own declaration is fine. */
  readonly because: string | null;
  /** Errors; at least one. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a schema with errors can still serve. */
export interface Quarantine {
  /** By cube or view: those that are wrong, and those that depend on them. */
  readonly cubes: ReadonlyMap<string, QuarantineCause>;
  /** Contexts that an error may have changed. */
  readonly contexts: ReadonlySet<string>;
  /** Errors that no cube can be kept apart from; empty when the other cubes can serve. */
  readonly fatal: readonly Diagnostic[];
}

/**
 * Finds the cubes that an error may have changed. A cube that stays is exactly what it would be if
 * nothing were wrong; in doubt it does not stay, so that none loses a filter.
 *
 * @param contentOf The text of a file: what a file that did not run may have declared is looked for in it.
 */
export function quarantine(
  unit: DeclarationUnit,
  built: BuiltModel,
  contentOf: (file: string) => string,
): Quarantine {
  const cubes = new Map<string, QuarantineCause>();
  const add = (name: string, because: string | null, diagnostics: readonly Diagnostic[]): void => {
    if (!cubes.has(name)) cubes.set(name, { because, diagnostics });
  };
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const errors = [...unit.diagnostics, ...built.diagnostics].filter(isError);
  const links = [...built.links.cubes.values(), ...built.links.views.values()];
  const own = new Set(links.flatMap(({ diagnostics }) => diagnostics));
  for (const diagnostic of built.links.contextFindings) own.add(diagnostic);
  const others = errors.filter((diagnostic) => !own.has(diagnostic));
  for (const link of links) {
    const found = link.diagnostics.filter(isError);
    const isMissing = 'cube' in link && link.cube === null;
    if (found.length > 0) add(link.declared.name, null, found);
    else if (isMissing) add(link.declared.name, null, others);
  }
  const broken = brokenFiles(unit, others, contentOf);
  const contexts = new Set<string>();
  for (const { kind, name, file } of unit.definitions) {
    const diagnostics = broken.get(file);
    if (!diagnostics) continue;
    if (kind === 'context') contexts.add(name);
    else add(name, null, diagnostics);
  }
  const definitions = unit.definitions.filter(({ kind }) => kind !== 'context');
  spread(definitions, built, cubes, add);
  const fatal = others.filter((diagnostic) => !diagnostic.span);
  return { cubes: new Map([...cubes].sort(([a], [b]) => (a < b ? -1 : 1))), contexts, fatal };
}

/** By file: the errors that may have changed what it declares. */
function brokenFiles(
  unit: DeclarationUnit,
  errors: readonly Diagnostic[],
  contentOf: (file: string) => string,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const broken = new Map<string, Diagnostic[]>();
  const groupOf = linkedFiles(unit);
  const blame = (file: string, diagnostic: Diagnostic): void => {
    for (const member of groupOf(file)) {
      const found = broken.get(member);
      if (!found) broken.set(member, [diagnostic]);
      else if (!found.includes(diagnostic)) found.push(diagnostic);
    }
  };
  for (const diagnostic of errors) {
    const spans = [diagnostic.span, ...(diagnostic.labels ?? []).map((label) => label.span)];
    for (const span of spans) if (span) blame(span.file, diagnostic);
  }
  const failed = new Set([...unit.traces].flatMap(([file, trace]) => (trace.failed ? [file] : [])));
  if (failed.size === 0) return broken;
  const causes = errors.filter(({ span }) => span && failed.has(span.file));
  for (const file of filesInReach(unit, [...failed].map(contentOf))) {
    for (const diagnostic of causes) blame(file, diagnostic);
  }
  return broken;
}

/** Files that run each other's code can change each other: the groups of files that links connect. */
function linkedFiles({ traces }: DeclarationUnit): (file: string) => ReadonlySet<string> {
  const neighbours = new Map<string, Set<string>>();
  const connect = (from: string, to: string): void => {
    const known = neighbours.get(from);
    if (known) known.add(to);
    else neighbours.set(from, new Set([to]));
  };
  for (const [file, { links }] of traces) {
    for (const link of links) {
      connect(file, link);
      connect(link, file);
    }
  }
  const groups = new Map<string, ReadonlySet<string>>();
  return (file) => {
    const known = groups.get(file);
    if (known) return known;
    const group = new Set([file]);
    for (const member of group) for (const next of neighbours.get(member) ?? []) group.add(next);
    for (const member of group) groups.set(member, group);
    return group;
  };
}

/**
 * What files that did not run as written could have changed: every file from which something can be
 * taken, and those that looked for a name which they may declare.
 */
function filesInReach(unit: DeclarationUnit, contents: readonly string[]): string[] {
  const words = new Set(contents.flatMap((content) => content.match(/[A-Za-z_]\w*/g) ?? []));
  const names = new Map<string, Set<string>>();
  for (const { file, body } of unit.definitions) {
    const known = names.get(file) ?? new Set();
    names.set(file, known);
    for (const value of body.entries.values()) {
      if (value.kind === 'object') for (const name of value.entries.keys()) known.add(name);
    }
  }
  return [...unit.traces].flatMap(([file, { hasExports, links, lookups }]) => {
    const isShadowed = [...lookups].some(
      (name) => words.has(name) && names.get(file)?.has(name) !== true,
    );
    return hasExports || links.size > 0 || isShadowed ? [file] : [];
  });
}

/** Whoever looks a quarantined cube up, or extends it, follows it. */
function spread(
  definitions: readonly Definition[],
  { links }: BuiltModel,
  cubes: ReadonlyMap<string, QuarantineCause>,
  add: (name: string, because: string, diagnostics: readonly Diagnostic[]) => void,
): void {
  const dependents = new Map<string, string[]>();
  const depend = (name: string, on: string): void => {
    const known = dependents.get(on);
    if (known) known.push(name);
    else dependents.set(on, [name]);
  };
  for (const { declared, reads, readsAll } of [...links.cubes.values(), ...links.views.values()]) {
    const names = readsAll ? [...links.cubes.keys(), ...links.views.keys()] : reads;
    for (const name of names) depend(declared.name, name);
  }
  // Views that are split off another one have no declaration of their own.
  for (const [name, { views }] of links.views) {
    for (const view of views) if (view.name !== name) depend(view.name, name);
  }
  for (const { name, body } of definitions) {
    const base = extendedName(body);
    if (base !== null) depend(name, base);
  }
  // Each name that is added is visited in its turn.
  for (const [name, { diagnostics }] of cubes) {
    for (const dependent of dependents.get(name) ?? []) add(dependent, name, diagnostics);
  }
}
