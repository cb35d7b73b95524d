import { readFileSync } from 'node:fs';
import type { SourceFile } from '../core/source.ts';

/** What an import calls them, and their files. `cubewright/schema` is types alone. */
const extensions = [
  ['Funnels', 'Funnels'],
  ['RefreshKeys', 'RefreshKeys'],
  ['Reflection', 'Reflection'],
  ['cubewright/schema', 'schema'],
] as const;

/** What an import calls a file that is no file of the schema, and the file. */
export type NamedFile = readonly [name: string, file: SourceFile];

/** The extensions that these files may import: schema files that come with the package. */
export function extensionsFor(files: readonly SourceFile[]): NamedFile[] {
  return extensions
    .filter(([name]) => files.some(({ content }) => content.includes(name)))
    .map(([name, file]) => {
      const location = new URL(`./extensions/${file}.js`, import.meta.url);
      const content = readFileSync(location, 'utf8');
      return [name, { path: `cubewright:${file}`, content }];
    });
}
