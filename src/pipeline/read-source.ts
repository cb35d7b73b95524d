import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { defineDiagnostics, type Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { Limits } from '../sandbox/limits.ts';
import { OptionError } from './option-error.ts';

/** A directory of schema files, or the files themselves. */
export type SchemaSource = string | { readonly files: readonly SourceFile[] };

export const reportSource = defineDiagnostics({
  'source/no-directory': (p: { path: string; reason: string }) =>
    `the schema directory ${p.path} cannot be read: ${p.reason}`,
  'source/no-files': (p: { path: string }) => `there is no schema file in ${p.path}`,
  'source/outside': (p: { path: string }) =>
    `${p.path} is a link to a file outside the schema directory`,
  'source/not-a-file': (p: { path: string }) => `${p.path} is not a regular file`,
  'source/unreadable': (p: { path: string; reason: string }) =>
    `${p.path} cannot be read: ${p.reason}`,
  'source/not-utf8': (p: { path: string }) => `${p.path} is not UTF-8 text`,
  'source/file-too-large': (p: { path: string; limit: number }) =>
    `${p.path} is larger than ${p.limit} bytes`,
});

export interface ReadSource {
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a source into files sorted by path, so that the order of a directory never matters. */
export async function readSource(source: SchemaSource, limits: Limits): Promise<ReadSource> {
  if (typeof source === 'string') return readDirectory(source, limits);
  if (typeof source !== 'object' || source === null || !Array.isArray(source.files)) {
    throw new OptionError('the source must be a directory path or { files: [{ path, content }] }');
  }
  return { files: sortFiles(checkFiles(source.files)), diagnostics: [] };
}

export function checkFiles(files: readonly unknown[]): SourceFile[] {
  const paths = new Set<string>();
  return files.map((file, index) => {
    const { path: name, content } = (file ?? {}) as Partial<SourceFile>;
    if (typeof name !== 'string' || name === '') {
      throw new OptionError(`files[${index}].path must be a file name`);
    }
    if (typeof content !== 'string') {
      throw new OptionError(`files[${index}].content must be the text of ${JSON.stringify(name)}`);
    }
    if (paths.has(name))
      throw new OptionError(`files[${index}].path ${JSON.stringify(name)} occurs twice`);
    paths.add(name);
    return { path: name, content };
  });
}

export function sortFiles(files: readonly SourceFile[]): SourceFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const extensions = new Set(['.js', '.ts', '.mjs', '.cjs', '.yml', '.yaml']);

async function readDirectory(directory: string, limits: Limits): Promise<ReadSource> {
  let root: string;
  let names: string[];
  try {
    root = await realpath(directory);
    names = await readdir(root, { recursive: true });
  } catch (error) {
    const reason = reasonOf(error);
    return {
      files: [],
      diagnostics: [reportSource('source/no-directory', { path: directory, reason })],
    };
  }
  const wanted = names
    .filter((name) => extensions.has(path.extname(name)) && !name.endsWith('.d.ts'))
    .filter((name) => !name.split(path.sep).includes('node_modules'));
  const files: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of wanted.sort()) {
    const read = await readFileInside(root, name, limits);
    if ('content' in read) files.push(read);
    else diagnostics.push(read);
  }
  if (files.length === 0 && diagnostics.length === 0) {
    diagnostics.push(reportSource('source/no-files', { path: directory }));
  }
  return { files: sortFiles(files), diagnostics };
}

/** A link out of the directory, a device or a pipe is never opened for reading. */
async function readFileInside(
  root: string,
  name: string,
  limits: Limits,
): Promise<SourceFile | Diagnostic> {
  const shown = name.split(path.sep).join('/');
  try {
    const real = await realpath(path.join(root, name));
    if (!real.startsWith(root + path.sep)) return reportSource('source/outside', { path: shown });
    return await readRegularFile(real, shown, limits);
  } catch (error) {
    return reportSource('source/unreadable', { path: shown, reason: reasonOf(error) });
  }
}

/** `shown`: the path under which schema files and diagnostics know it. */
export async function readRegularFile(
  real: string,
  shown: string,
  limits: Limits,
): Promise<SourceFile | Diagnostic> {
  try {
    const handle = await open(
      real,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return reportSource('source/not-a-file', { path: shown });
      const { size } = stat;
      if (size > limits.fileBytes) {
        return reportSource(
          'source/file-too-large',
          { path: shown, limit: limits.fileBytes },
          { help: 'raise it with sandbox.fileBytes' },
        );
      }
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await handle.read(bytes, 0, size, 0);
      const content = new TextDecoder('utf-8', { fatal: true }).decode(
        bytes.subarray(0, bytesRead),
      );
      return { path: shown, content };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TypeError) return reportSource('source/not-utf8', { path: shown });
    return reportSource('source/unreadable', { path: shown, reason: reasonOf(error) });
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}
