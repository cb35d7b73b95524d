import { mergeReads, type ContextRead } from '../core/context-read.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { rootOf } from '../syntax/decode-unit.ts';
import type { DeclarationUnit, Definition, FileTrace, Place } from '../syntax/declaration.ts';
import type { EvaluatedFiles } from './evaluate-files.ts';

/** What every file of a schema declares, each as it was last evaluated. */
export interface Declarations {
  /** Sorted by path; then the libraries that they can import. */
  readonly files: readonly SourceFile[];
  readonly hasLibraries: boolean;
  readonly byFile: ReadonlyMap<string, FileDeclarations>;
  readonly dependsOnClaims: boolean;
  /** What host functions threw. */
  readonly hostErrors: readonly unknown[];
  /** What the files were told of the compile context. */
  readonly reads: readonly ContextRead[];
  /** At most what evaluating all files at once uses of the limits of a reply. */
  readonly spent: Spent;
}

export interface FileDeclarations {
  readonly definitions: readonly Definition[];
  readonly diagnostics: readonly Diagnostic[];
  readonly trace: FileTrace;
  /** The unit in which its places lie. */
  readonly unit: DeclarationUnit;
}

interface Spent {
  readonly values: number;
  readonly pieces: number;
  readonly replyLength: number;
  /** What was asked of the compile context. */
  readonly asks: number;
}

/** The declarations of `files`: those of `evaluated` files anew, the others as `kept`. */
export function collectDeclarations(
  files: readonly SourceFile[],
  { unit, replyLength, hostErrors, reads }: EvaluatedFiles,
  kept: Declarations | null,
): Declarations {
  const byFile = new Map<string, FileDeclarations>();
  const definitions = Map.groupBy(unit.definitions, ({ file }) => file);
  const diagnostics = Map.groupBy(unit.diagnostics, ({ span }) => span?.file);
  for (const { path } of files) {
    const trace = unit.traces.get(path);
    if (trace) {
      const own = {
        definitions: definitions.get(path) ?? [],
        diagnostics: diagnostics.get(path) ?? [],
      };
      byFile.set(path, { ...own, trace, unit });
    } else byFile.set(path, kept!.byFile.get(path)!);
  }
  const { values, pieces } = unit.spent;
  const before = kept?.spent ?? { values: 0, pieces: 0, replyLength: 0, asks: 0 };
  return {
    files,
    hasLibraries: false,
    byFile,
    hostErrors,
    reads: mergeReads([...(kept?.reads ?? []), ...reads]),
    dependsOnClaims: unit.dependsOnClaims || (kept?.dependsOnClaims ?? false),
    spent: {
      values: before.values + values,
      pieces: before.pieces + pieces,
      replyLength: before.replyLength + replyLength,
      asks: before.asks + reads.length,
    },
  };
}

/** All declarations as if they had been evaluated together. */
export function toUnit({ byFile, dependsOnClaims, spent }: Declarations): DeclarationUnit {
  const all = [...byFile.values()];
  const units = new Map<Place, DeclarationUnit>();
  for (const { definitions, unit } of all) {
    for (const { place } of definitions) units.set(place, unit);
  }
  const unitOf = (place: Place): DeclarationUnit => units.get(rootOf(place))!;
  return {
    definitions: all.flatMap(({ definitions }) => definitions),
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
    locate: (place, part) => unitOf(place).locate(place, part),
    definitionOf: (place) => unitOf(place).definitionOf(place),
    traces: new Map([...byFile].map(([path, { trace }]) => [path, trace])),
    imports: new Map([...byFile].map(([path, { unit }]) => [path, unit.imports.get(path) ?? []])),
    dependsOnClaims,
    spent,
  };
}
