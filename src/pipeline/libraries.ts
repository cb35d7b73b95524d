import { glob, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { NamedFile } from '../sandbox/extensions.ts';
import type { Limits } from '../sandbox/limits.ts';
import { OptionError } from './option-error.ts';
import { readRegularFile } from './read-source.ts';

/** The text of a pure package as one module, or the file on this machine that holds it. */
export type ModuleSource = { readonly source: string } | { readonly path: string };

/** What the embedder lets schema files import beside each other. */
export interface LibraryOptions {
  /** Paths and globs, relative to the schema's directory (to the working directory where it has none). */
  readonly include: readonly string[];
  readonly modules: ReadonlyMap<string, ModuleSource>;
}

/** Files that define nothing unless a file of the schema imports them. */
export interface Libraries {
  /** Found by their paths, which are relative to the schema's directory. */
  readonly included: readonly SourceFile[];
  /** Found by their names. */
  readonly packages: readonly NamedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function readLibraries(
  { include, modules }: LibraryOptions,
  directory: string,
  limits: Limits,
): Promise<Libraries> {
  const included: SourceFile[] = [];
  const packages: NamedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const location of await includedPaths(include, directory)) {
    const shown = path.relative(directory, location).split(path.sep).join('/');
    const read = await readRegularFile(location, shown, limits);
    if ('content' in read) included.push(read);
    else diagnostics.push(read);
  }
  for (const [name, module] of modules) {
    const read =
      'source' in module
        ? { path: name, content: module.source }
        : await readRegularFile(path.resolve(module.path), name, limits);
    if ('content' in read) packages.push([name, read]);
    else diagnostics.push(read);
  }
  return { included, packages, diagnostics };
}

/** Real paths of what the globs match, each once, sorted. */
async function includedPaths(include: readonly string[], directory: string): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of include) {
    let count = 0;
    for await (const name of glob(pattern, { cwd: directory })) {
      const location = path.resolve(directory, name);
      if (!/\.(?:[mc]?js|ts)$/.test(location) || location.endsWith('.d.ts')) continue;
      found.add(await realpath(location));
      count++;
    }
    if (count === 0) {
      throw new OptionError(
        `options.sandbox.include: no schema file matches ${JSON.stringify(pattern)}`,
      );
    }
  }
  return [...found].sort();
}

/** @throws OptionError */
export function checkLibraries(include: unknown, modules: unknown): LibraryOptions {
  const patterns = include ?? [];
  if (!Array.isArray(patterns) || patterns.some((item) => typeof item !== 'string')) {
    throw new OptionError('options.sandbox.include must be a list of paths and globs');
  }
  const given = modules ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new OptionError('options.sandbox.modules must be an object of { source } or { path }');
  }
  const entries = Object.entries(given as Record<string, unknown>).map(
    ([name, module]): [string, ModuleSource] => {
      const { source, path: file } = (module ?? {}) as { source?: unknown; path?: unknown };
      if (/^[./]|^$/.test(name)) {
        throw new OptionError(
          `options.sandbox.modules: ${JSON.stringify(name)} is no package's name`,
        );
      }
      if (typeof source === 'string' && file === undefined) return [name, { source }];
      if (typeof file === 'string' && source === undefined) return [name, { path: file }];
      throw new OptionError(`options.sandbox.modules.${name} must be { source } or { path }`);
    },
  );
  return { include: patterns as string[], modules: new Map(entries) };
}
