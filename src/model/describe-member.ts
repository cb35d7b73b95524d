import type { MetadataNames } from './metadata.ts';
import type { Format, Json, Link, Measure, Member, Model } from './model.ts';
import type { Granularity } from './granularity.ts';
import { formatInterval } from './interval.ts';
import type { ViewMember } from './view.ts';

export interface MemberMetadata {
  readonly name: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description?: string;
  readonly meta?: Json;
  /** Of a view's member: the member of a cube that it is. */
  readonly aliasMember?: string;
  readonly isVisible: boolean;
  readonly public: boolean;
  /** Of one user, when access policies mask it on all rows. */
  readonly masked?: true;
}

export interface MeasureMetadata extends MemberMetadata {
  readonly type: string;
  readonly aggType: string;
  readonly format?: Format;
  readonly currency?: string;
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
  readonly currency?: string;
  readonly suggestFilterValues: boolean;
  readonly primaryKey: boolean;
  readonly granularities?: readonly GranularityMetadata[];
  readonly order?: 'asc' | 'desc';
  readonly key?: string;
  readonly links?: readonly LinkMetadata[];
}

interface GranularityMetadata {
  readonly name: string;
  readonly title: string;
  readonly interval?: string;
  readonly offset?: string;
  readonly origin?: string;
}

interface LinkMetadata {
  readonly name: string;
  readonly label: string;
  readonly dashboard?: string;
  readonly icon?: string;
  readonly target?: string;
  readonly primary?: true;
  readonly params?: readonly string[];
}

/** A member of a cube, or of a view with the member that it stands for. */
export interface DescribedMember {
  readonly shown: Member | ViewMember;
  readonly target: Member;
  readonly alias?: ViewMember;
}

export function describeSegment(item: DescribedMember, names: MetadataNames): MemberMetadata[] {
  return item.target.kind === 'segment' ? [describeMember(item, names)] : [];
}

function describeMember({ shown, alias }: DescribedMember, names: MetadataNames): MemberMetadata {
  const { path, title, shortTitle } = shown;
  return {
    name: path,
    title,
    shortTitle,
    ...optional(shown),
    ...(alias && names.hasMember(alias.target) && { aliasMember: alias.target }),
    isVisible: true,
    public: true,
    ...(names.isMasked(path) && { masked: true }),
  };
}

/** Types whose values are no numbers. */
const valueTypes: ReadonlySet<string> = new Set(['string', 'boolean', 'time']);

export function describeMeasure(
  item: DescribedMember,
  model: Model,
  names: MetadataNames,
): MeasureMetadata[] {
  const { target, alias } = item;
  if (target.kind !== 'measure') return [];
  const isCumulative = target.type === 'runningTotal' || target.rollingWindow !== null;
  const format = alias ? alias.format : target.format;
  const drillMembers = (alias ? alias.drillMembers : target.drillMembers).filter((path) =>
    names.hasMember(path),
  );
  return [
    {
      ...describeMember(item, names),
      type: valueTypes.has(target.type) ? target.type : 'number',
      aggType: target.type,
      ...withFormat(format, target.currency),
      cumulative: isCumulative,
      cumulativeTotal: isCumulative,
      drillMembers,
      drillMembersGrouped: grouped(drillMembers, model),
    },
  ];
}

function grouped(
  members: Measure['drillMembers'],
  model: Model,
): MeasureMetadata['drillMembersGrouped'] {
  const kindOf = (path: string): string | undefined => {
    const dot = path.indexOf('.');
    const owner = model.cubes.get(path.slice(0, dot)) ?? model.views.get(path.slice(0, dot));
    return owner?.members.get(path.slice(dot + 1))?.kind;
  };
  return {
    measures: members.filter((path) => kindOf(path) === 'measure'),
    dimensions: members.filter((path) => kindOf(path) === 'dimension'),
  };
}

export function describeDimension(
  item: DescribedMember,
  names: MetadataNames,
): DimensionMetadata[] {
  const { target, alias } = item;
  if (target.kind !== 'dimension') return [];
  const { granularities, order, key, links } = target;
  return [
    {
      ...describeMember(item, names),
      type: target.type === 'switch' ? 'string' : target.type,
      ...withFormat(alias ? alias.format : target.format, target.currency),
      suggestFilterValues: target.suggestFilterValues,
      primaryKey: alias ? false : target.primaryKey,
      ...(granularities.size > 0 && {
        granularities: [...granularities.values()].map(describeGranularity),
      }),
      ...(order !== null && { order }),
      ...(key !== null && names.hasMember(key) && { key }),
      ...(links.length > 0 && { links: links.map(describeLink) }),
    },
  ];
}

function describeGranularity({ name, title, rule }: Granularity): GranularityMetadata {
  if (rule.kind === 'sql') return { name, title };
  const { interval, offset, origin } = rule;
  return {
    name,
    title,
    interval: formatInterval(interval),
    ...(offset && { offset: formatInterval(offset) }),
    ...(origin !== null && { origin }),
  };
}

function describeLink(link: Link): LinkMetadata {
  const { name, label, dashboard, icon, target, primary, parameters } = link;
  return {
    name,
    label,
    ...(dashboard !== null && { dashboard }),
    ...(icon !== null && { icon }),
    ...(target !== null && { target }),
    ...(primary && { primary }),
    ...(parameters.length > 0 && { params: parameters.map((item) => item.key) }),
  };
}

function withFormat(format: Format | null, currency: string | null) {
  return { ...(format !== null && { format }), ...(currency !== null && { currency }) };
}

export function optional(item: {
  readonly description: string | null;
  readonly meta: Json | null;
}): { description?: string; meta?: Json } {
  return {
    ...(item.description !== null && { description: item.description }),
    ...(item.meta !== null && { meta: item.meta }),
  };
}
