import { readFileSync } from 'node:fs';
import type { SourceFile } from '../core/source.ts';

const names = ['Funnels', 'RefreshKeys', 'Reflection'] as const;

/** What an import calls a file that is no file of the schema, and the file. */
export type NamedFile = readonly [name: string, file: SourceFile];

/** The extensions that these files may import: schema files that come with the package. */
export function extensionsFor(files: readonly SourceFile[]): NamedFile[] {
  return names
    .filter((name) => files.some(({ content }) => content.includes(name)))
    .map((name) => {
      const location = new URL(`./extensions/${name}.js`, import.meta.url);
      const content = readFileSync(location, 'utf8');
      return [name, { path: `cubewright:${name}`, content }];
    });
}
