import type { Aggregate } from './aggregates.ts';
import { customGranularities } from './periods.ts';
import { richMembers } from './rich-members.ts';
import type { Value } from './values.ts';
import { cubeOf, type World, type WorldCube, type WorldRow } from './world.ts';
import type { Window } from './windows.ts';

/** A cube's member, or its row as such, that a member's SQL names. */
export type Reference = readonly [cube: string, member: string | null];

/** Where a member's SQL is computed: what the cube's row has there, and other members. */
export interface Site {
  /** null: no row of the cube stands there. */
  readonly row: WorldRow | null;
  /** A dimension that the SQL names. */
  readonly of: (cube: string, member: string) => Value;
  /** A measure of a sub-query. */
  readonly measure: (path: string) => Value;
}

interface MemberBase {
  readonly cube: string;
  readonly name: string;
  /** The properties in the schema. */
  readonly text: string;
  /** What else its SQL names of rows. */
  readonly references: readonly Reference[];
}

export interface DimensionMember extends MemberBase {
  readonly kind: 'dimension';
  readonly value: (site: Site) => Value;
  readonly subQuery: { readonly measures: readonly string[]; readonly propagates: boolean } | null;
}

export interface SegmentMember extends MemberBase {
  readonly kind: 'segment';
  readonly holds: (site: Site) => boolean | null;
}

export interface MeasureMember extends MemberBase {
  readonly kind: 'measure';
  readonly rule: MeasureRule;
}

/** Paths of dimensions: which groups a stage is over. */
export interface Within {
  readonly groupBy: readonly string[] | null;
  readonly reduceBy: readonly string[];
}

export type MeasureRule =
  | {
      readonly is: 'over-rows';
      readonly aggregate: Aggregate;
      readonly operand: (site: Site) => Value;
      readonly window: Window | null;
      readonly isRunning: boolean;
    }
  | {
      /** Calculated from finished measures. */
      readonly is: 'number';
      readonly parts: readonly string[];
      readonly calculate: (parts: readonly Value[]) => Value;
      readonly isMultiStage: boolean;
    }
  | {
      readonly is: 'over-groups';
      readonly aggregate: Aggregate;
      readonly part: string;
      readonly within: Within;
    }
  | {
      readonly is: 'over-finer-groups';
      readonly aggregate: Aggregate;
      readonly part: string;
      readonly added: readonly string[];
    }
  | {
      readonly is: 'rank';
      readonly part: string;
      readonly isDescending: boolean;
      readonly within: Within;
    };

export type Member = DimensionMember | SegmentMember | MeasureMember;

const known = new WeakMap<World, Map<string, readonly Member[]>>();

export function membersOfCube(world: World, name: string): readonly Member[] {
  let cubes = known.get(world);
  if (!cubes) known.set(world, (cubes = new Map()));
  let members = cubes.get(name);
  if (!members) {
    const cube = cubeOf(world, name);
    members = [...plainMembers(world, cube), ...(world.isRich ? richMembers(world, cube) : [])];
    cubes.set(name, members);
  }
  return members;
}

export function memberOf(world: World, path: string): Member {
  const [cube, name] = path.split('.') as [string, string];
  const found = membersOfCube(world, cube).find((member) => member.name === name);
  if (!found) throw new Error(`no member ${path}`);
  return found;
}

/** Makes the members of one cube. */
export function makers(cube: string) {
  const dimension = (
    name: string,
    text: string,
    value: DimensionMember['value'],
    { references = [], subQuery = null }: Partial<DimensionMember> = {},
  ): DimensionMember => ({ kind: 'dimension', cube, name, text, references, value, subQuery });
  const measure = (
    name: string,
    text: string,
    rule: MeasureRule,
    references: readonly Reference[] = [],
  ): MeasureMember => ({ kind: 'measure', cube, name, text, references, rule });
  const overRows = (
    aggregate: Aggregate,
    operand: (site: Site) => Value,
    { window = null, isRunning = false }: { window?: Window | null; isRunning?: boolean } = {},
  ): MeasureRule => ({ is: 'over-rows', aggregate, operand, window, isRunning });
  return { dimension, measure, overRows };
}

export const valueOfA = ({ row }: Site): number | null => row?.a ?? null;

function plainMembers(world: World, { name: cube, joins }: WorldCube): Member[] {
  const { dimension, measure, overRows } = makers(cube);
  const isBig = (site: Site) => (valueOfA(site) ?? 0) > 2;
  const granularities = Object.entries(customGranularities)
    .map(([name, { text }]) => `${name}: { ${text} }`)
    .join(', ');
  const time = world.isRich ? `, granularities: { ${granularities} }` : '';
  return [
    dimension('id', 'type: `number`, sql: `id`', ({ row }) => row?.id ?? null),
    dimension('half', 'type: `number`, sql: `half`', ({ row }) => row && Math.floor(row.id / 2)),
    dimension('side', 'type: `number`, sql: `${CUBE}.side`', ({ row }) => row && row.id % 2),
    dimension('a', 'type: `number`, sql: `a`', valueOfA),
    dimension('b', 'type: `string`, sql: `b`', ({ row }) => row?.b ?? null),
    dimension('t', `type: \`time\`, sql: \`t\`${time}`, ({ row }) => row?.t ?? null),
    dimension(
      'band',
      'type: `string`, case: { when: [{ sql: `${a} > 2`, label: `big` }], else: { label: `small` } }',
      (site) => (isBig(site) ? 'big' : 'small'),
    ),
    ...joins.flatMap(({ target }) => [
      dimension(
        `its${target}`,
        `type: \`number\`, sql: \`\${${target}.a}\``,
        (site) => site.of(target, 'a'),
        { references: [[target, 'a']] },
      ),
      dimension(
        `with${target}`,
        `type: \`number\`, sql: \`\${CUBE}.a + \${${target}}.a\``,
        (site) => plus(valueOfA(site), site.of(target, 'a') as number | null),
        { references: [[target, null]] },
      ),
    ]),
    measure(
      'count',
      'type: `count`',
      overRows('count', () => 1),
    ),
    measure('sumA', 'type: `sum`, sql: `a`', overRows('sum', valueOfA)),
    measure('avgA', 'type: `avg`, sql: `a`', overRows('avg', valueOfA)),
    measure('minA', 'type: `min`, sql: `a`', overRows('min', valueOfA)),
    measure('maxA', 'type: `max`, sql: `${a}`', overRows('max', valueOfA)),
    measure(
      'distinctB',
      'type: `countDistinct`, sql: `b`',
      overRows('countDistinct', ({ row }) => row!.b),
    ),
    measure(
      'bigCount',
      'type: `count`, filters: [{ sql: `${CUBE}.a > 2` }]',
      overRows('count', (site) => (isBig(site) ? 1 : null)),
    ),
    measure(
      'emptyCount',
      'type: `count`, filters: [{ sql: `${CUBE}.a IS NULL` }]',
      overRows('count', (site) => (valueOfA(site) === null ? 1 : null)),
    ),
    measure(
      'sumFilled',
      'type: `sum`, sql: `coalesce(${CUBE}.a, 100)`',
      overRows('sum', (site) => valueOfA(site) ?? 100),
    ),
    measure('perRow', 'type: `number`, sql: `1.0 * ${sumA} / nullif(${count}, 0)`', {
      is: 'number',
      parts: [`${cube}.sumA`, `${cube}.count`],
      calculate: ([sum, count]) => ratio(sum!, count!),
      isMultiStage: false,
    }),
    measure(
      'raw',
      'type: `number`, sql: `count(*) + 1`',
      overRows('raw', () => 1),
    ),
    ...joins.map(({ target }) =>
      measure(
        `sum${target}`,
        `type: \`sum\`, sql: \`\${${target}.a}\``,
        overRows('sum', (site) => site.of(target, 'a')),
        [[target, 'a']],
      ),
    ),
    ...world.cubes
      .filter((other) => other.name !== cube)
      .flatMap(({ name }) => [
        measure(`per${name}`, `type: \`number\`, sql: \`1.0 * \${sumA} / \${${name}.count}\``, {
          is: 'number',
          parts: [`${cube}.sumA`, `${name}.count`],
          // Nothing is divided by what a group lacks, nor by none of it.
          calculate: ([sum, count]) => ratio(sum!, count!),
          isMultiStage: false,
        }),
        measure(
          `less${name}`,
          `type: \`number\`, sql: \`coalesce(\${sumA}, 0) - coalesce(\${${name}.sumA}, 0) + \${${name}.count}\``,
          {
            is: 'number',
            parts: [`${cube}.sumA`, `${name}.sumA`, `${name}.count`],
            calculate: ([own, other, count]) => Number(own) - Number(other) + Number(count),
            isMultiStage: false,
          },
        ),
      ]),
    {
      kind: 'segment',
      cube,
      name: 'big',
      text: 'sql: `${CUBE}.a > 2`',
      references: [],
      holds: (site) => (valueOfA(site) === null ? null : isBig(site)),
    },
  ];
}

export function plus(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

export function ratio(left: Value, right: Value): number | null {
  return left === null || Number(right) === 0 || right === null
    ? null
    : Number(left) / Number(right);
}
