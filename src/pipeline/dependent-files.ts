import { extendedName } from '../model/extend-definition.ts';
import type { Declarations, FileDeclarations } from './declarations.ts';

/** Adds to some files those that run code of them, or are run by them, also at one remove. */
export function addLinked(paths: Set<string>, { byFile }: Pick<Declarations, 'byFile'>): void {
  for (const path of paths) {
    for (const link of byFile.get(path)?.trace.links ?? []) paths.add(link);
    for (const [other, { trace }] of byFile) if (trace.links.has(path)) paths.add(other);
  }
}

/** By cube: the file that declares it. */
export function cubeFiles({ byFile }: Declarations): Map<string, string> {
  const files = new Map<string, string>();
  for (const [path, declarations] of byFile) {
    for (const name of cubesOf(declarations)) if (!files.has(name)) files.set(name, path);
  }
  return files;
}

export function cubesOf({ definitions }: FileDeclarations): string[] {
  return definitions.flatMap(({ kind, name }) => (kind === 'cube' ? [name] : []));
}

/** Files of the cubes that a file's cubes extend, at any remove. */
export function baseFiles(
  { definitions }: FileDeclarations,
  files: ReadonlyMap<string, string>,
  { byFile }: Declarations,
): Set<string> {
  const found = new Set<string>();
  const follow = (from: FileDeclarations['definitions']): void => {
    for (const { body } of from) {
      const base = extendedName(body);
      const file = base === null ? undefined : files.get(base);
      if (file === undefined || found.has(file)) continue;
      found.add(file);
      follow(byFile.get(file)!.definitions);
    }
  };
  follow(definitions);
  return found;
}
