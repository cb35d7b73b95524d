import { didYouMean } from '../core/suggest.ts';
import type { Span } from '../core/span.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { Cube, Format, Json } from './model.ts';
import { spanOfName } from './name-span.ts';
import type { PropertyReader } from './property-reader.ts';
import { readIncludes } from './read-includes.ts';
import { namedPath } from './read-references.ts';
import type { ViewContext } from './read-view.ts';

/** One of the `cubes` of a view, with the members that it brings. */
export interface ViewCube {
  readonly declared: DeclaredCube;
  readonly cube: Cube;
  /** From the root to the cube itself. */
  readonly path: readonly string[];
  /** The view that it is split off to. */
  readonly splitName: string | null;
  readonly includes: readonly ViewInclude[];
}

export interface ViewInclude {
  /** Of a member or a hierarchy of the cube. */
  readonly name: string;
  /** In the view. */
  readonly alias: string;
  /** Whether it is named, rather than part of `*`. */
  readonly isNamed: boolean;
  readonly span: () => Span;
  readonly title: string | null;
  readonly description: string | null;
  readonly meta: Json | null;
  readonly format: Format | null;
}

/** The `cubes` of a view whose ways are known; the others are reported. */
export function readViewCubes(
  reader: PropertyReader,
  view: string,
  context: ViewContext,
): ViewCube[] {
  if (!reader.has('cubes')) reader.missing('cubes');
  return reader.children('cubes').flatMap((part) => {
    const path = readPath(part, view, context);
    const name = path?.at(-1);
    const declared = name === undefined ? undefined : context.cubes.get(name);
    const cube = name === undefined ? undefined : context.linked.get(name);
    if (!path || !declared || !cube) return [];
    const alias = part.text('alias') ?? cube.name;
    const isSplit = part.boolean('split') ?? false;
    const prefix = part.boolean('prefix') ? `${alias}_` : '';
    if (isSplit) refuseWithPolicies(reader, part, context);
    return [
      {
        declared,
        cube,
        path,
        splitName: isSplit ? `${view}_${alias}` : null,
        includes: readIncludes(part, { declared, cube, prefix }, context),
      },
    ];
  });
}

/** `join_path`: names of cubes, each of which declares a join to the next; null after reporting. */
function readPath(
  reader: PropertyReader,
  view: string,
  context: ViewContext,
): readonly string[] | null {
  const value = reader.get('join_path');
  if (!value) return null;
  const path = namedPath(value);
  const whole = () => context.locate(value.place);
  if (!path) {
    const parameters = { key: 'join_path', expected: 'a cube', found: describeValue(value) };
    context.report(reportModel('model/bad-value', parameters, { span: whole() }));
    return null;
  }
  const spanAt = (index: number) => spanOfName(whole(), path, index);
  for (const [index, name] of path.entries()) {
    if (context.views.has(name)) {
      const help = 'name the cubes that it is made of, or let the view extend it';
      const extras = { span: spanAt(index), help };
      context.report(reportModel('model/view-over-view', { name: view, other: name }, extras));
      return null;
    }
    if (!context.cubes.has(name)) {
      const help = didYouMean(name, context.cubes.keys());
      context.report(reportModel('model/unknown-cube', { name }, { span: spanAt(index), help }));
      return null;
    }
  }
  return isJoined(path, spanAt, context) ? path : null;
}

const mostShown = 20;

function isJoined(
  path: readonly string[],
  spanAt: (index: number) => Span,
  context: ViewContext,
): boolean {
  for (const [index, to] of path.entries()) {
    const from = index === 0 ? undefined : context.linked.get(path[index - 1]!);
    if (!from || targetsOf(from).has(to)) continue;
    const joined = from.joins.slice(0, mostShown).map((join) => join.target);
    if (from.joins.length > mostShown) joined.push('...');
    const help =
      joined.length > 0 ? `it declares joins to ${joined.join(', ')}` : 'it declares no join';
    const declared = context.cubes.get(from.name)!;
    const labels = [
      { span: context.locate(declared.definition.place, 'name'), text: `${from.name} is here` },
    ];
    const extras = { span: spanAt(index), labels, help };
    context.report(reportModel('model/no-join', { from: from.name, to }, extras));
    return false;
  }
  return true;
}

const targets = new WeakMap<Cube, ReadonlySet<string>>();

/** Kept: a hostile path comes by a cube of thousands of joins thousands of times. */
function targetsOf(cube: Cube): ReadonlySet<string> {
  let found = targets.get(cube);
  if (!found) targets.set(cube, (found = new Set(cube.joins.map((join) => join.target))));
  return found;
}

/** What is split off would be there for those whom the view's policies keep out. */
function refuseWithPolicies(
  view: PropertyReader,
  part: PropertyReader,
  context: ViewContext,
): void {
  const policy = view.get('access_policy');
  if (!policy) return;
  const span = context.locate(part.get('split')!.place, 'name');
  const labels = [{ span: context.locate(policy.place, 'name'), text: 'the policy is here' }];
  const parameters = { what: 'view', key: 'split', other: 'access_policy' };
  view.report(reportModel('model/not-both', parameters, { span, labels }));
}
