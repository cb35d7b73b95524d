import type { SourceFile } from '../core/source.ts';
import type { DeclarationUnit } from './declaration.ts';
import { asArray, asIndex, asText } from './reply-checks.ts';

const longestName = 2_000;

/** Decodes a `WireTrace`: for each file, what it depended on beside its own text. */
export function decodeTraces(
  value: unknown,
  files: readonly SourceFile[],
  imports: DeclarationUnit['imports'],
): Pick<DeclarationUnit, 'traces' | 'dependsOnClaims'> {
  const [links, lookups, exporters, failed, depends] = asArray(value, 5, 'the trace');
  const pathOf = (index: unknown): string =>
    files[asIndex(index, files.length - 1, 'a file')]!.path;
  const traces = new Map(
    files.map(({ path }) => [
      path,
      {
        links: new Set(imports.get(path)),
        lookups: new Set<string>(),
        hasExports: false,
        failed: false,
      },
    ]),
  );
  for (const link of asArray(links, null, 'the links')) {
    const [from, to] = asArray(link, 2, 'a link');
    traces.get(pathOf(from))!.links.add(pathOf(to));
  }
  for (const item of asArray(lookups, null, 'the lookups')) {
    const [file, ...names] = asArray(item, null, 'a lookup');
    const found = traces.get(pathOf(file))!.lookups;
    for (const name of names) found.add(asText(name, longestName, 'a name'));
  }
  for (const file of asArray(exporters, null, 'the exporters')) {
    traces.get(pathOf(file))!.hasExports = true;
  }
  for (const file of asArray(failed, null, 'the failed files')) {
    traces.get(pathOf(file))!.failed = true;
  }
  return { traces, dependsOnClaims: asIndex(depends, 1, 'a flag') === 1 };
}
