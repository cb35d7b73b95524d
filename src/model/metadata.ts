import type { Cube, Dimension, Format, Json, Measure, Model, Segment } from './model.ts';

/** The REST API's `meta`: what a user may ask for. Hidden cubes and members are left out. */
export interface ModelMetadata {
  readonly cubes: readonly CubeMetadata[];
}

export interface CubeMetadata {
  readonly name: string;
  readonly type: 'cube';
  readonly title: string;
  readonly description?: string;
  readonly meta?: Json;
  readonly measures: readonly MeasureMetadata[];
  readonly dimensions: readonly DimensionMetadata[];
  readonly segments: readonly MemberMetadata[];
}

export interface MemberMetadata {
  readonly name: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description?: string;
  readonly meta?: Json;
  readonly isVisible: boolean;
  readonly public: boolean;
}

export interface MeasureMetadata extends MemberMetadata {
  readonly type: 'number';
  readonly aggType: string;
  readonly format?: Format;
  readonly cumulative: boolean;
  readonly cumulativeTotal: boolean;
  readonly drillMembers: readonly string[];
  readonly drillMembersGrouped: {
    readonly measures: readonly string[];
    readonly dimensions: readonly string[];
  };
}

export interface DimensionMetadata extends MemberMetadata {
  readonly type: string;
  readonly format?: Format;
  readonly suggestFilterValues: boolean;
  readonly primaryKey: boolean;
}

export function describeModel(model: Model): ModelMetadata {
  const cubes = [...model.cubes.values()].filter((cube) => cube.public);
  return { cubes: cubes.map((cube) => describeCube(cube, model)) };
}

function describeCube(cube: Cube, model: Model): CubeMetadata {
  const members = [...cube.members.values()].filter((member) => member.public);
  return {
    name: cube.name,
    type: 'cube',
    title: cube.title,
    ...optional(cube),
    measures: members.flatMap((item) =>
      item.kind === 'measure' ? [describeMeasure(item, model)] : [],
    ),
    dimensions: members.flatMap((item) =>
      item.kind === 'dimension' ? [describeDimension(item)] : [],
    ),
    segments: members.flatMap((item) => (item.kind === 'segment' ? [describeMember(item)] : [])),
  };
}

function describeMember(member: Measure | Dimension | Segment): MemberMetadata {
  const { path, title, shortTitle } = member;
  return { name: path, title, shortTitle, ...optional(member), isVisible: true, public: true };
}

function describeMeasure(measure: Measure, model: Model): MeasureMetadata {
  const isCumulative = measure.type === 'runningTotal';
  const kindOf = (path: string): string | undefined => {
    const dot = path.indexOf('.');
    return model.cubes.get(path.slice(0, dot))?.members.get(path.slice(dot + 1))?.kind;
  };
  const { drillMembers } = measure;
  return {
    ...describeMember(measure),
    type: 'number',
    aggType: measure.type,
    ...(measure.format !== null && { format: measure.format }),
    cumulative: isCumulative,
    cumulativeTotal: isCumulative,
    drillMembers,
    drillMembersGrouped: {
      measures: drillMembers.filter((path) => kindOf(path) === 'measure'),
      dimensions: drillMembers.filter((path) => kindOf(path) === 'dimension'),
    },
  };
}

function describeDimension(dimension: Dimension): DimensionMetadata {
  const { type, format, suggestFilterValues, primaryKey } = dimension;
  return {
    ...describeMember(dimension),
    type,
    ...(format !== null && { format }),
    suggestFilterValues,
    primaryKey,
  };
}

function optional(item: { readonly description: string | null; readonly meta: Json | null }) {
  return {
    ...(item.description !== null && { description: item.description }),
    ...(item.meta !== null && { meta: item.meta }),
  };
}
