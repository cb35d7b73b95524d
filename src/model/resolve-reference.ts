import type { Diagnostic } from '../core/diagnostic.ts';
import { memberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DeclaredCube, DeclaredNames } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { FragmentPiece, Member } from './model.ts';
import { spanOfName } from './name-span.ts';

/** What a reference means: its piece, and the member it names when it names one. */
export type Resolved =
  | {
      readonly piece: FragmentPiece;
      readonly cube: DeclaredCube;
      readonly member: Member['kind'] | null;
    }
  | { readonly problem: Diagnostic };

const own = new Set(['CUBE', 'TABLE']);

/**
 * Finds what `${name}`, `${Cube.name}` or `${Cube.sql()}` names, as seen from `cube`. `owner` is the cube
 * that declares the text: its name in what it hands down means the cube that inherits it.
 */
export function resolveReference(
  path: readonly string[],
  source: boolean,
  cube: DeclaredCube,
  owner: string,
  names: DeclaredNames,
  span: () => Span,
): Resolved {
  const [first, second] = path;
  if (first === undefined || path.length > 2 || (source && path.length > 1)) {
    return problem(reportModel('model/bad-reference', { path: path.join('.') }, { span: span() }));
  }
  if (second === undefined && !source && cube.members.has(first)) return toMember(cube, first);
  const target = own.has(first) || first === owner ? cube : names.cubes.get(first);
  if (!target) return unknown(path, cube, names, span);
  if (source) {
    return { piece: { kind: 'source', cube: target.name }, cube: target, member: null };
  }
  if (second === undefined) {
    return { piece: { kind: 'cube', cube: target.name }, cube: target, member: null };
  }
  if (target.members.has(second)) return toMember(target, second);
  const help = didYouMean(second, target.members.keys());
  const parameters = { cube: target.name, name: second };
  const extras = { span: spanOfName(span(), path, 1), help };
  return problem(reportModel('model/unknown-member', parameters, extras));
}

function toMember(cube: DeclaredCube, name: string): Resolved {
  const piece: FragmentPiece = { kind: 'member', path: memberPath(cube.name, name) };
  return { piece, cube, member: cube.members.get(name)!.kind };
}

function unknown(
  path: readonly string[],
  cube: DeclaredCube,
  { cubes, views }: DeclaredNames,
  span: () => Span,
): Resolved {
  const first = path[0]!;
  const at = spanOfName(span(), path, 0);
  if (views.has(first)) {
    const help = 'name the cubes that it is made of';
    return problem(reportModel('model/view-is-no-cube', { name: first }, { span: at, help }));
  }
  if (path.length > 1) {
    const help = didYouMean(first, [...cubes.keys(), 'CUBE']);
    return problem(reportModel('model/unknown-cube', { name: first }, { span: at, help }));
  }
  const help = didYouMean(first, [...cube.members.keys(), ...cubes.keys(), 'CUBE']);
  const parameters = { cube: cube.name, name: first };
  return problem(reportModel('model/unknown-name', parameters, { span: at, help }));
}

function problem(diagnostic: Diagnostic): Resolved {
  return { problem: diagnostic };
}
