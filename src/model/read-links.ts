import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Link } from './model.ts';
import { linkTargets } from './properties.data.ts';
import { nothing, type PropertyReader } from './property-reader.ts';
import { linkFragment } from './link-fragment.ts';

/** Where clients lead from a dimension's values. */
export function readLinks(
  reader: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly member: string },
  context: LinkContext,
): readonly Link[] {
  const links = reader.children('links');
  if (links.length === 0) return nothing;
  const names = new Set<string>();
  return links.flatMap((link, index) => {
    const name = link.text('name');
    const label = link.text('label');
    if (name === null || label === null) return [];
    if (names.has(name)) {
      const span = context.locate(link.get('name')!.place);
      reader.report(reportModel('model/duplicate-name', { what: 'links', name }, { span }));
      return [];
    }
    names.add(name);
    const sqlOf = (from: PropertyReader, key: string, property: string) => {
      const value = from.get(key);
      return value ? linkFragment(value, { ...site, property, role: 'row' }, context) : null;
    };
    return [
      {
        name,
        label,
        url: sqlOf(link, 'url', `links[${index}].url`),
        dashboard: link.text('dashboard'),
        icon: link.text('icon'),
        target: link.word('target', linkTargets),
        primary: link.boolean('primary') ?? false,
        parameters: link.children('params').flatMap((parameter, number) => {
          const key = parameter.text('key');
          const property = `links[${index}].params[${number}].value`;
          const value = sqlOf(parameter, 'value', property);
          return key !== null && value ? [{ key, value }] : [];
        }),
      },
    ];
  });
}
