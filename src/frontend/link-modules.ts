import { didYouMean } from '../core/suggest.ts';
import type { WireDiagnostic } from '../syntax/guest-abi.ts';
import type { ImportedName, ModuleTable } from './module-table.ts';
import { resolveImport, type ImportableFiles } from './resolve-import.ts';

export interface ModuleFile {
  readonly path: string;
  readonly table: ModuleTable;
}

/** An import as the guest follows it: the file's number or -1, and each name with its place. */
export interface ModuleLink {
  readonly target: number;
  /** [property, name in the other file, start, end]; the name is null where there is none. */
  readonly names: readonly (readonly [string, string | null, number, number])[];
}

export interface LinkedModules {
  /** By file, then by the import's number in it. */
  readonly links: readonly (readonly ModuleLink[])[];
  readonly diagnostics: readonly WireDiagnostic[];
}

/** Stands for a file that is there, and is not evaluated this time. */
export const notEvaluated = -1;

/** No user sees it: all files are evaluated instead. */
const unsent = {
  code: 'schema/unknown-import',
  message: 'the file is not evaluated this time',
  help: '',
} as const;

/** Finds the file of every import and the export of every imported name, before anything runs. */
export function linkModules(files: readonly ModuleFile[], known: ImportableFiles): LinkedModules {
  const diagnostics: WireDiagnostic[] = [];
  const targets = files.map(({ path, table }, index) =>
    table.imports.map(({ specifier, start, end }) => {
      const found = resolveImport(specifier, path, known);
      if (typeof found === 'number' && found !== notEvaluated) return found;
      const { code, message, help } = typeof found === 'number' ? unsent : found;
      diagnostics.push([code, 0, message, index, start, end, help]);
      return -1;
    }),
  );
  const exports = new ExportFinder(files, targets);
  const links = files.map(({ table }, index) =>
    table.imports.map(({ names }, number): ModuleLink => {
      const target = targets[index]![number]!;
      if (target < 0) return { target, names: [] };
      return {
        target,
        names: names.map((item) => {
          const { name, problem } = exports.find(target, item);
          if (problem) {
            const [message, help] = problem;
            diagnostics.push([
              'schema/unknown-export',
              0,
              message,
              index,
              item.start,
              item.end,
              help,
            ]);
          }
          return [item.name, problem ? null : name, item.start, item.end];
        }),
      };
    }),
  );
  return { links, diagnostics };
}

const longestChain = 1_000;

/** What a name stands for in the end: a file and a name of its own. */
type Origin = readonly [file: number, name: string];

class ExportFinder {
  readonly #files: readonly ModuleFile[];
  readonly #targets: readonly (readonly number[])[];

  constructor(files: readonly ModuleFile[], targets: readonly (readonly number[])[]) {
    this.#files = files;
    this.#targets = targets;
  }

  /** The name to read in `target`, and what is wrong with it. */
  find(
    target: number,
    { name, local }: ImportedName,
  ): {
    name: string;
    problem?: readonly [string, string];
  } {
    const { path, table } = this.#files[target]!;
    const origins = this.#origins(target, name, new Set());
    const [first, second] = origins;
    if (first && second) {
      const both = `'${this.#files[first[0]]!.path}' and '${this.#files[second[0]]!.path}'`;
      const help = `name the one that is meant: export { ${name} } from ...`;
      return { name, problem: [`'${path}' exports '${name}' from ${both}`, help] };
    }
    if (first) return { name };
    // A cube's file need not export it: its name is known everywhere, as in 2020.
    if (name === 'default' && table.cubes.has(local)) return { name: local };
    if (/\.ya?ml$/.test(path)) {
      const help = `cubes are known by their names in every file; write ${name === 'default' ? local : name} without an import`;
      return { name, problem: [`'${path}' exports nothing, since it is YAML`, help] };
    }
    const exported = [...this.#namesOf(target, new Set())];
    const help =
      didYouMean(name, exported) ??
      (exported.length > 0
        ? `it exports ${exported.slice(0, 20).join(', ')}`
        : 'it exports nothing');
    const type = path.endsWith('.ts') ? '; a type is imported with import type { ... }' : '';
    return { name, problem: [`'${path}' does not export '${name}'`, help + type] };
  }

  /** More than one where files exported as a whole export the same name. */
  #origins(file: number, name: string, seen: Set<string>): Origin[] {
    const key = `${file} ${name}`;
    if (file < 0 || seen.has(key)) return [];
    // Nobody chains so many by hand; the guest finds the name, or reports it.
    if (seen.size >= longestChain) return [[file, name]];
    seen.add(key);
    const { table } = this.#files[file]!;
    const own = table.exports.get(name);
    if (own) {
      const target = this.#targets[file]![own.from]!;
      // What cannot be found there is reported there.
      const found = target < 0 ? [] : this.#origins(target, own.name, seen);
      return found.length > 0 ? found : [[file, name]];
    }
    if (own === null || table.isOpen) return [[file, name]];
    if (name === 'default') return [];
    const origins = new Map<string, Origin>();
    for (const number of table.stars) {
      for (const origin of this.#origins(this.#targets[file]![number]!, name, seen)) {
        origins.set(origin.join(' '), origin);
      }
    }
    if (origins.size === 0 && table.cubes.has(name)) return [[file, name]];
    return [...origins.values()];
  }

  #namesOf(file: number, seen: Set<number>): Set<string> {
    const names = new Set<string>();
    if (file < 0 || seen.has(file) || seen.size >= longestChain) return names;
    seen.add(file);
    const { table } = this.#files[file]!;
    for (const name of [...table.exports.keys(), ...table.cubes]) names.add(name);
    for (const number of table.stars) {
      for (const name of this.#namesOf(this.#targets[file]![number]!, seen)) {
        if (name !== 'default') names.add(name);
      }
    }
    return names;
  }
}
