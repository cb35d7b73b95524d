import { didYouMean } from '../core/suggest.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { Cube } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { readFormat } from './read-format.ts';
import { namedPath } from './read-references.ts';
import type { ViewContext } from './read-view.ts';
import type { ViewInclude } from './read-view-cubes.ts';

interface IncludeSite {
  readonly declared: DeclaredCube;
  readonly cube: Cube;
  readonly prefix: string;
}

/** The members and hierarchies that a view takes from one cube, without those that it excludes. */
export function readIncludes(
  reader: PropertyReader,
  site: IncludeSite,
  context: ViewContext,
): ViewInclude[] {
  const includes = reader.get('includes');
  const excluded = new Set<string>();
  for (const item of listed(reader.get('excludes'))) {
    const name = readName(item, 'excludes', site, context);
    if (name !== null) excluded.add(name);
  }
  if (!includes) return [];
  if (isStar(includes)) {
    context.spend(site.declared.members.size + site.cube.hierarchies.size);
    const names = [...site.declared.members.keys(), ...site.cube.hierarchies.keys()];
    const span = () => context.locate(includes.place);
    return names
      .filter((name) => !excluded.has(name))
      .map((name) => ({ ...plain, name, alias: site.prefix + name, isNamed: false, span }));
  }
  return listed(includes).flatMap((item) => {
    const found = readInclude(item, site, context);
    return found && !excluded.has(found.name) ? [found] : [];
  });
}

const plain = { title: null, description: null, meta: null, format: null };

/** A name, or an object with a name and what the view says instead. */
function readInclude(
  item: DeclaredValue,
  site: IncludeSite,
  context: ViewContext,
): ViewInclude | null {
  if (item.kind !== 'object') {
    const name = readName(item, 'includes', site, context);
    const span = () => context.locate(item.place);
    return name === null
      ? null
      : { ...plain, name, alias: site.prefix + name, isNamed: true, span };
  }
  const reader = new PropertyReader(item, 'viewInclude', context);
  const written = reader.get('name');
  const name = written ? readName(written, 'name', site, context) : null;
  if (name === null) return null;
  const member = site.cube.members.get(name);
  const type = member?.kind === 'dimension' ? member.type : 'number';
  return {
    name,
    alias: site.prefix + (reader.text('alias') ?? name),
    isNamed: true,
    span: () => context.locate((reader.get('alias') ?? written!).place),
    title: reader.text('title'),
    description: reader.text('description'),
    meta: reader.json('meta'),
    format: readFormat(reader, type, context),
  };
}

/** The name of a member or hierarchy of the cube; null after reporting. */
function readName(
  value: DeclaredValue,
  key: string,
  { declared, cube }: IncludeSite,
  context: ViewContext,
): string | null {
  const path = namedPath(value);
  const [first, second, ...others] = path ?? [];
  const span = context.locate(value.place);
  if (first === undefined || others.length > 0) {
    const parameters = { key, expected: 'names of members', found: describeValue(value) };
    context.report(reportModel('model/bad-value', parameters, { span }));
    return null;
  }
  const name = second !== undefined && first === cube.name ? second : path!.join('.');
  if (declared.members.has(name) || cube.hierarchies.has(name)) return name;
  const help = didYouMean(name, [...declared.members.keys(), ...cube.hierarchies.keys()]);
  const parameters = { cube: cube.name, name };
  context.report(reportModel('model/unknown-member', parameters, { span, help }));
  return null;
}

function listed(value: DeclaredValue | undefined): readonly DeclaredValue[] {
  if (!value) return [];
  return value.kind === 'list' ? value.items : [value];
}

/** `'*'`, or a list with it. */
function isStar(value: DeclaredValue): boolean {
  return listed(value).some((item) => item.kind === 'scalar' && item.value === '*');
}
