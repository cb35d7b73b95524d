import type { Diagnostic } from '../core/diagnostic.ts';
import { memberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { FragmentPiece, Member } from './model.ts';

/** What a reference means: its piece, and the member it names when it names one. */
export type Resolved =
  | {
      readonly piece: FragmentPiece;
      readonly cube: DeclaredCube;
      readonly member: Member['kind'] | null;
    }
  | { readonly problem: Diagnostic };

const own = new Set(['CUBE', 'TABLE']);

/** Finds what `${name}`, `${Cube.name}` or `${Cube.sql()}` names, as seen from `cube`. */
export function resolveReference(
  path: readonly string[],
  source: boolean,
  cube: DeclaredCube,
  cubes: ReadonlyMap<string, DeclaredCube>,
  span: () => Span,
): Resolved {
  const [first, second] = path;
  if (first === undefined || path.length > 2 || (source && path.length > 1)) {
    return problem(reportModel('model/bad-reference', { path: path.join('.') }, { span: span() }));
  }
  if (second === undefined && !source && cube.members.has(first)) return toMember(cube, first);
  const target = own.has(first) ? cube : cubes.get(first);
  if (!target) return unknown(first, second, cube, cubes, span);
  if (source) {
    return { piece: { kind: 'source', cube: target.name }, cube: target, member: null };
  }
  if (second === undefined) {
    return { piece: { kind: 'cube', cube: target.name }, cube: target, member: null };
  }
  if (target.members.has(second)) return toMember(target, second);
  const help = didYouMean(second, target.members.keys());
  const parameters = { cube: target.name, name: second };
  return problem(reportModel('model/unknown-member', parameters, { span: span(), help }));
}

function toMember(cube: DeclaredCube, name: string): Resolved {
  const piece: FragmentPiece = { kind: 'member', path: memberPath(cube.name, name) };
  return { piece, cube, member: cube.members.get(name)!.kind };
}

function unknown(
  first: string,
  second: string | undefined,
  cube: DeclaredCube,
  cubes: ReadonlyMap<string, DeclaredCube>,
  span: () => Span,
): Resolved {
  if (second !== undefined) {
    const help = didYouMean(first, [...cubes.keys(), 'CUBE']);
    return problem(reportModel('model/unknown-cube', { name: first }, { span: span(), help }));
  }
  const help = didYouMean(first, [...cube.members.keys(), ...cubes.keys(), 'CUBE']);
  const parameters = { cube: cube.name, name: first };
  return problem(reportModel('model/unknown-name', parameters, { span: span(), help }));
}

function problem(diagnostic: Diagnostic): Resolved {
  return { problem: diagnostic };
}
