import type { SourceFile } from '../core/source.ts';
import type { EvaluationRequest } from '../sandbox/evaluate.ts';
import type { CompiledModel } from './compile-model.ts';
import type { Declarations } from './declarations.ts';
import { addLinked, baseFiles, cubeFiles, cubesOf } from './dependent-files.ts';
import { noOthers, withLibraries, type CompileSetting } from './evaluate-files.ts';

/** By what files the values of a schema that read claims are evaluated, and at which instant. */
export type EvaluationInput = Pick<
  EvaluationRequest,
  'files' | 'entries' | 'packages' | 'others' | 'now'
>;

/** null for a schema without such values. */
export function evaluationInput(
  { evaluated: files, isDynamic, base }: CompiledModel,
  { libraries, now }: CompileSetting,
): EvaluationInput | null {
  if (!isDynamic) return null;
  if (base === null || files.some(isAsync)) {
    return { ...withLibraries(files, libraries), others: noOthers, now };
  }
  const { declarations, built } = base;
  const dynamic = [...built.links.cubes].flatMap(([name, link]) => (link.isDynamic ? [name] : []));
  const needed = filesOf(dynamic, declarations);
  const others = files.filter(({ path }) => !needed.has(path));
  return {
    ...withLibraries(
      files.filter(({ path }) => needed.has(path)),
      libraries,
    ),
    others: {
      paths: others.map(({ path }) => path),
      cubes: others.flatMap(({ path }) => cubesOf(declarations.byFile.get(path)!)),
      depend: false,
    },
    now,
  };
}

function isAsync({ content }: SourceFile): boolean {
  return content.includes('asyncModule');
}

/** The files that declare cubes, with all that they run, inherit from, or are run by. */
function filesOf(cubes: readonly string[], declarations: Declarations): Set<string> {
  const byCube = cubeFiles(declarations);
  const needed = new Set(cubes.flatMap((name) => byCube.get(name) ?? []));
  for (let size = -1; size < needed.size;) {
    size = needed.size;
    addLinked(needed, declarations);
    for (const path of [...needed]) {
      const declared = declarations.byFile.get(path)!;
      for (const base of baseFiles(declared, byCube, declarations)) needed.add(base);
    }
  }
  return needed;
}
