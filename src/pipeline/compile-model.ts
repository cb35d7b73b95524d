import type { ContextRead } from '../core/context-read.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { buildModel, mostDiagnostics, type BuiltModel } from '../model/build-model.ts';
import type { Model } from '../model/model.ts';
import { quarantine, type Quarantine } from '../model/quarantine.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { compileFailure, publish } from './compile-failure.ts';
import { toUnit, type Declarations } from './declarations.ts';
import type { CompileSetting } from './evaluate-files.ts';
import { findUnusableMeasures } from './unusable-measures.ts';
import { evaluateApart, withStops } from './stopped-files.ts';
import { mostFindings, updateDeclarations } from './update-declarations.ts';

/** A cube that is left out because of errors. */
export interface QuarantinedCube {
  readonly name: string;
  /** The cube that it depends on, when nothing is wrong with its own declaration. */
  readonly because: string | null;
  readonly diagnostics: readonly PublicDiagnostic[];
}

export interface CompiledModel {
  readonly model: Model;
  readonly warnings: readonly PublicDiagnostic[];
  readonly errors: readonly PublicDiagnostic[];
  readonly quarantined: readonly QuarantinedCube[];
  /** The files of the schema as they were evaluated: without the text of those that never end. */
  readonly evaluated: readonly SourceFile[];
  /** What the files were told of the compile context. */
  readonly reads: readonly ContextRead[];
  /** Whether a value is evaluated for each user. */
  readonly isDynamic: boolean;
  /** What an update starts from; null when there are errors, and everything is compiled anew. */
  readonly base: { readonly declarations: Declarations; readonly built: BuiltModel } | null;
}

/**
 * Files to a model: evaluated in a runner, decoded as untrusted text, linked and checked. The result is
 * the same with and without a `previous` one of the same setting, and comes sooner with it.
 *
 * @throws CompileError
 */
export async function compileModel(
  schemaFiles: readonly SourceFile[],
  setting: CompileSetting,
  previous: CompiledModel | null,
): Promise<CompiledModel> {
  const { dialect, limits, onError } = setting.options;
  const start = previous?.base ?? null;
  const evaluated = start
    ? {
        declarations: await updateDeclarations(start.declarations, schemaFiles, setting),
        files: schemaFiles,
        stops: [],
      }
    : await evaluateApart(schemaFiles, setting);
  const { declarations } = evaluated;
  const { hostErrors, reads } = declarations;
  // As they are written; with the libraries, after the files of the schema.
  const files = [...schemaFiles, ...declarations.files.slice(schemaFiles.length)];
  const unit = withStops(toUnit(declarations), evaluated.stops);
  const hasFailed = unit.diagnostics.some(isError);
  const options = {
    lexical: dialect.lexical,
    members: limits.members,
    characters: limits.replyBytes,
    allowsAbsentClaims: setting.options.missingContext === 'allow',
  };
  const built = await buildModel(unit, options, hasFailed ? null : (start?.built ?? null));
  const diagnostics = [...unit.diagnostics, ...built.diagnostics];
  const errors = diagnostics.filter(isError);
  // What was kept can tell more of an error than files that meet each other for the first time.
  if (start && errors.length > 0) return compileModel(schemaFiles, setting, null);
  const unusable = errors.length === 0 ? findUnusableMeasures(built) : [];
  const found = [...diagnostics.filter((item) => !isError(item)), ...unusable];
  const warnings = publish(found, files);
  const isDynamic = [...built.links.cubes.values()].some((link) => link.isDynamic);
  if (errors.length === 0) {
    const base = { declarations, built };
    const model = { model: built.model, evaluated: evaluated.files, reads, isDynamic };
    return { ...model, warnings, errors: [], quarantined: [], base };
  }
  if (onError === 'reject') throw compileFailure(diagnostics, files, hostErrors);
  const kept = keepApart(unit, built, files);
  const model = { ...kept, evaluated: evaluated.files, reads, isDynamic };
  return { ...model, warnings, errors: publish(errors, files), base: null };
}

/** @throws CompileError when no cube can be kept apart from what is wrong. */
function keepApart(unit: DeclarationUnit, built: BuiltModel, files: readonly SourceFile[]) {
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  const found = quarantine(unit, built, (file) => contents.get(file) ?? '');
  const isCut =
    unit.diagnostics.length >= mostFindings ||
    built.diagnostics.filter(isError).length >= mostDiagnostics;
  if (isCut || found.fatal.length > 0) {
    throw compileFailure([...unit.diagnostics, ...built.diagnostics], files);
  }
  const quarantined = describe(found, files);
  const kept = <T>(values: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...values].filter(([name]) => !found.cubes.has(name)));
  const { cubes, views } = built.model;
  const reasons = new Map(quarantined.map((cube) => [cube.name, reasonOf(cube)]));
  const restricted = built.model.restricted.filter((name) => !found.cubes.has(name));
  const contexts = new Map(
    [...built.model.contexts]
      .filter(([name]) => !found.contexts.has(name))
      .map(([name, members]) => [name, members.filter((member) => !found.cubes.has(member))]),
  );
  const model = {
    cubes: kept(cubes),
    views: kept(views),
    contexts,
    restricted,
    quarantined: reasons,
  };
  return { model, quarantined };
}

function describe({ cubes }: Quarantine, files: readonly SourceFile[]): QuarantinedCube[] {
  return [...cubes].map(([name, { because, diagnostics }]) => ({
    name,
    because,
    diagnostics: publish(diagnostics, files),
  }));
}

/** `it depends on Base: model/unknown-name: 'x' is neither ... (Base.js:3:12)` */
function reasonOf({ because, diagnostics: [first] }: QuarantinedCube): string {
  const { code, message, file, line, column } = first!;
  const place = file === undefined ? '' : ` (${file}:${line}:${column})`;
  return `${because === null ? '' : `it depends on ${because}: `}${code}: ${message}${place}`;
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
