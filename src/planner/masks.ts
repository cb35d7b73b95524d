import { LazyMap } from '../core/lazy-map.ts';
import { ownerOf, type MemberPath } from '../core/names.ts';
import type {
  Cube,
  Dimension,
  Fragment,
  FragmentPiece,
  Measure,
  Member,
  Model,
} from '../model/model.ts';
import type { MaskValue } from '../model/mask.ts';
import type { Access } from './access.ts';
import type { MaskedMember, Occurrence, ShownRows } from './plan.ts';

/** No identifier has a space, so that no query and no schema can write such a name. */
const suffix = ' masked';

export function maskedName(name: MemberPath): MemberPath {
  return `${name}${suffix}`;
}

export function isMaskedName(name: string): boolean {
  return name.endsWith(suffix);
}

/** What a query calls the member that a name of the plan stands for. */
export function askedName(name: MemberPath): MemberPath {
  return isMaskedName(name) ? (name.slice(0, -suffix.length) as MemberPath) : name;
}

/**
 * Where the user sees the value of a member, by the policies of the cube or view that the query names and
 * of the cube behind it: on the rows for which all hold, and nowhere when there are none. null: wherever
 * the query can name it. A measure is one value of many rows, and is masked unless all of them show it.
 */
export function maskedRows(
  asked: MemberPath,
  { path, kind }: Pick<Member, 'path' | 'kind'>,
  access: Access,
): readonly ShownRows[] | null {
  const shown: ShownRows[] = [];
  for (const member of new Set([asked, path])) {
    const owner = ownerOf(member);
    const rows = access.shownRows(owner, member);
    if (rows === 'none') return [];
    if (rows !== 'all') shown.push({ owner, rows });
  }
  if (shown.length === 0) return null;
  return kind === 'dimension' ? shown : [];
}

/** A member behind its mask. What other members' SQL names is not masked: that is their author's act. */
export function maskMember<M extends Dimension | Measure>(
  member: M,
  { name, via }: Occurrence,
  shown: readonly ShownRows[],
): { readonly masked: MaskedMember & { readonly member: M }; readonly occurrence: Occurrence } {
  const path = maskedName(member.path);
  const stand = member.kind === 'measure' ? maskedMeasure(member) : maskedDimension(member);
  const masked = { asked: name, name: maskedName(name), member: { ...stand, path } as M, shown };
  return { masked, occurrence: { name: masked.name, member: path, via } };
}

function maskedDimension(dimension: Dimension): Dimension {
  return {
    ...dimension,
    expression: { kind: 'sql', sql: maskOf(dimension, typeOfDimension(dimension)) },
    primaryKey: false,
    subQuery: null,
    multiStage: null,
    storedAsText: false,
  };
}

function typeOfDimension({ type }: Dimension): MaskValue['type'] {
  return type === 'geo' || type === 'switch' ? 'string' : type;
}

/** One value over all rows of a group: that of a mask which is a value is the largest of it. */
function maskedMeasure(measure: Measure): Measure {
  const { mask } = measure;
  const isValue = mask === null || mask.kind === 'value';
  const isLargest = isValue && !isTruth(measure);
  return {
    ...measure,
    type: isLargest ? 'max' : 'number',
    sql: maskOf(measure, typeOfMeasure(measure)),
    switch: null,
    filters: [],
    drillFilters: [],
    rollingWindow: null,
    multiStage: null,
  };
}

/** Whether what stands for a measure is true, false or unknown. */
function isTruth({ type, mask }: Measure): boolean {
  return type === 'boolean' || (mask?.kind === 'value' && typeof mask.value === 'boolean');
}

function typeOfMeasure({ type }: Measure): MaskValue['type'] {
  return type === 'string' || type === 'time' ? type : 'number';
}

function maskOf(member: Dimension | Measure, type: MaskValue['type']): Fragment {
  const { mask, path } = member;
  if (mask?.kind === 'sql') return mask.sql;
  const value = mask?.value ?? null;
  const isAggregatedTruth = member.kind === 'measure' && isTruth(member);
  const pieces = isAggregatedTruth
    ? aggregatedTruth(value)
    : [{ kind: 'literal', value, type } as const];
  return { pieces, member: path, property: 'mask', file: '' };
}

/** PostgreSQL has no largest of booleans. */
function aggregatedTruth(value: MaskValue['value']): FragmentPiece[] {
  const number = (is: number | null): MaskValue => ({ kind: 'literal', value: is, type: 'number' });
  const text = (is: string): FragmentPiece => ({ kind: 'text', text: is });
  return [
    text('(max('),
    number(1),
    text(') = '),
    number(value === null ? null : value ? 1 : 0),
    text(')'),
  ];
}

/** The model as one plan sees it: with the members that stand for masked ones. */
export function withMasks(model: Model, masked: readonly MaskedMember[]): Model {
  if (masked.length === 0) return model;
  const changed = new Map<string, Cube>();
  for (const { member } of masked) {
    const name = ownerOf(member.path);
    const cube = changed.get(name) ?? model.cubes.get(name)!;
    const members = new Map(cube.members).set(member.path.slice(name.length + 1), member);
    changed.set(name, { ...cube, members });
  }
  const cubeOf = (name: string) => () => changed.get(name) ?? model.cubes.get(name)!;
  const makers = [...model.cubes.keys()].map((name) => [name, cubeOf(name)] as const);
  return { ...model, cubes: new LazyMap(new Map(makers)) };
}
