import { isBuiltin } from 'node:module';
import { didYouMean } from '../core/suggest.ts';

/** Files by what an import calls them. */
export interface ImportableFiles {
  /** Path to file number. */
  readonly paths: ReadonlyMap<string, number>;
  /** Names of packages that come as source text, and of the extensions, to file number. */
  readonly packages: ReadonlyMap<string, number>;
}

/** Why an import finds no file, and what would be right. */
export interface ImportRefusal {
  readonly code: 'schema/unknown-import' | 'schema/package-import';
  readonly message: string;
  readonly help: string;
}

const extensions = [
  '',
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '/index.js',
  '/index.mjs',
  '/index.cjs',
  '/index.ts',
];

/** The file that `specifier` means in the file at `from`: a number, or why there is none. */
export function resolveImport(
  specifier: string,
  from: string,
  files: ImportableFiles,
): number | ImportRefusal {
  if (isRelative(specifier)) return resolveFile(specifier, from, files);
  const known = files.packages.get(specifier);
  if (known !== undefined) return known;
  return refusePackage(specifier, files);
}

function isRelative(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier);
}

/** Relative to the importing file, or to the folder of the schema, as in 2020. */
function resolveFile(
  specifier: string,
  from: string,
  { paths }: ImportableFiles,
): number | ImportRefusal {
  const folder = from.split('/').slice(0, -1);
  const bases = [joinPath(folder, specifier), joinPath([], specifier)];
  for (const base of bases) {
    for (const path of candidates(base)) {
      const found = paths.get(path);
      if (found !== undefined) return found;
    }
  }
  const [wanted] = bases as [string];
  const shown = printable(specifier);
  if (wanted.startsWith('../') || wanted === '..') {
    const message = `'${shown}' is outside the schema folder`;
    const help = 'files outside of it can be allowed by the option sandbox.include';
    return { code: 'schema/unknown-import', message, help };
  }
  const near = didYouMean(
    `./${wanted}`,
    [...paths.keys()].map((path) => `./${withoutExtension(path)}`),
  );
  return {
    code: 'schema/unknown-import',
    message: `there is no schema file '${shown}'`,
    help: near ?? 'imports are relative to the importing file, or to the schema folder',
  };
}

function candidates(base: string): string[] {
  const found = extensions.map((extension) => base + extension);
  // TypeScript imports a file by the name that it would have as JavaScript.
  if (/\.[mc]?js$/.test(base)) found.push(base.replace(/\.[mc]?js$/, '.ts'));
  return found;
}

/** Steps that leave the folder stay in front, as in the paths of included files. */
function joinPath(folder: readonly string[], specifier: string): string {
  const parts = [...folder];
  for (const step of specifier.split('/')) {
    if (step === '' || step === '.') continue;
    const last = parts.at(-1);
    if (step === '..' && last !== undefined && last !== '..') parts.pop();
    else parts.push(step);
  }
  return parts.join('/');
}

function withoutExtension(path: string): string {
  return path.replace(/\.(?:[mc]?js|ts)$/, '');
}

function refusePackage(specifier: string, files: ImportableFiles): ImportRefusal {
  const shown = printable(specifier);
  if (specifier.startsWith('/') || /^[a-z]+:\/\//i.test(specifier)) {
    const message = `'${shown}' is no file of the schema`;
    const help = "write a path that is relative to the importing file: './file'";
    return { code: 'schema/unknown-import', message, help };
  }
  if (isBuiltin(specifier)) {
    const message = `'${shown}' is part of Node.js, and schema files are evaluated outside of it`;
    const help =
      'hand data in with compileContext, or name host functions in sandbox.functions and call them in asyncModule';
    return { code: 'schema/package-import', message, help };
  }
  const isFile = candidates(specifier).some((path) => files.paths.has(path));
  const near = isFile
    ? `write './${shown}' for the file of the schema`
    : didYouMean(specifier, files.packages.keys());
  return {
    code: 'schema/package-import',
    message: `the package '${shown}' is not available in schema files`,
    help:
      near ?? 'give the text of a pure package with sandbox.modules, or data with compileContext',
  };
}

function printable(specifier: string): string {
  return specifier.length > 200 ? `${specifier.slice(0, 200)}...` : specifier;
}
