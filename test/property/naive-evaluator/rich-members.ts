import type { Aggregate } from './aggregates.ts';
import {
  makers,
  ratio,
  valueOfA,
  type MeasureMember,
  type Member,
  type Site,
  type Within,
} from './members.ts';
import type { Window } from './windows.ts';
import type { World, WorldCube } from './world.ts';

/** What cubes of rich worlds have more. */
export function richMembers(world: World, { name: cube }: WorldCube): Member[] {
  const others = world.cubes.map((other) => other.name).filter((name) => name !== cube);
  return [...ownMembers(cube), ...stagesOf(cube), ...others.flatMap((name) => between(cube, name))];
}

const windows: readonly (readonly [string, Aggregate, string, Window])[] = [
  ['lastDay', 'sum', 'trailing: `1 day`', { trailing: [1, 'day'], leading: null, at: 'end' }],
  [
    'around',
    'sum',
    'trailing: `1 month`, leading: `1 week`, offset: `start`',
    { trailing: [1, 'month'], leading: [1, 'week'], at: 'start' },
  ],
  ['soFar', 'count', 'trailing: `unbounded`', { trailing: 'unbounded', leading: null, at: 'end' }],
  [
    'ahead',
    'max',
    'leading: `unbounded`, offset: `start`',
    { trailing: null, leading: 'unbounded', at: 'start' },
  ],
  [
    'ever',
    'countDistinct',
    'trailing: `unbounded`, leading: `unbounded`',
    { trailing: 'unbounded', leading: 'unbounded', at: 'end' },
  ],
  ['twoHours', 'count', 'trailing: `2 hours`', { trailing: [2, 'hour'], leading: null, at: 'end' }],
  ['ofYear', 'sum', 'type: `to_date`, granularity: `year`', { toDate: 'year' }],
  ['ofQuarter', 'avg', 'type: `quarter_to_date`', { toDate: 'quarter' }],
  ['ofSprint', 'min', 'type: `to_date`, granularity: `sprint`', { toDate: 'sprint' }],
];
export const rollingMeasures = windows.map(([name]) => name);

function ownMembers(cube: string): Member[] {
  const { dimension, measure, overRows } = makers(cube);
  const words: Readonly<Record<string, string>> = { x: 'ex', y: 'y' };
  const weights: Readonly<Record<string, number>> = { x: 1, y: 10 };
  const times = (value: number | null, weight: number) => (value === null ? null : value * weight);
  return [
    dimension(
      'word',
      "type: `string`, case: { switch: CUBE.b, when: [{ value: `x`, sql: `'ex'` }, { value: `y`, sql: `${CUBE}.b` }], else: { sql: `'other'` } }",
      ({ row }) => words[row?.b ?? ''] ?? 'other',
    ),
    measure(
      'weighed',
      'type: `sum`, case: { switch: CUBE.b, when: [{ value: `x`, sql: `${CUBE}.a` }, { value: `y`, sql: `${CUBE}.a * 10` }], else: { sql: `0` } }',
      overRows('sum', (site) => {
        const weight = weights[site.row?.b ?? ''];
        return weight === undefined ? 0 : times(valueOfA(site), weight);
      }),
    ),
    measure(
      'running',
      'type: `runningTotal`, sql: `a`',
      overRows('sum', valueOfA, { isRunning: true }),
    ),
    ...windows.map(([name, aggregate, text, window]) => {
      const isOfRows = aggregate === 'count';
      const sql = isOfRows ? '' : ', sql: `a`';
      return measure(
        name,
        `type: \`${aggregate}\`${sql}, rolling_window: { ${text} }`,
        overRows(aggregate, isOfRows ? () => 1 : valueOfA, { window }),
      );
    }),
    measure('before', 'type: `number`, sql: `${soFar} - ${count}`', {
      is: 'number',
      parts: [`${cube}.soFar`, `${cube}.count`],
      calculate: ([soFar, count]) => Number(soFar) - Number(count),
      isMultiStage: false,
    }),
  ];
}

function stagesOf(cube: string): Member[] {
  const own = (name: string): string => `${cube}.${name}`;
  const { measure } = makers(cube);
  const all: Within = { groupBy: [], reduceBy: [] };
  return [
    overGroups(cube, 'ofAll', 'sum', own('sumA'), all),
    overGroups(cube, 'ofB', 'max', own('sumA'), { groupBy: [own('b')], reduceBy: [] }),
    overGroups(cube, 'butB', 'avg', own('count'), { groupBy: null, reduceBy: [own('b')] }),
    overGroups(cube, 'butT', 'count', own('sumA'), { groupBy: null, reduceBy: [own('t')] }),
    finer(cube, 'bestB', 'max', own('sumA'), own('b')),
    finer(cube, 'averageB', 'avg', own('count'), own('b')),
    finer(cube, 'kindsB', 'countDistinct', own('sumA'), own('b')),
    finer(cube, 'countB', 'count', own('sumA'), own('b')),
    finer(cube, 'bestShareB', 'max', own('share'), own('b')),
    measure(
      'share',
      'type: `number`, sql: `1.0 * ${sumA} / nullif(${ofAll}, 0)`, multi_stage: true',
      {
        is: 'number',
        parts: [own('sumA'), own('ofAll')],
        calculate: ([sum, all]) => ratio(sum!, all!),
        isMultiStage: true,
      },
    ),
    measure('part', 'type: `number`, sql: `1.0 * ${count} / nullif(${butT}, 0)`', {
      is: 'number',
      parts: [own('count'), own('butT')],
      calculate: ([count, all]) => ratio(count!, all!),
      isMultiStage: false,
    }),
    rank(cube, 'placeB', own('sumA'), 'desc', { groupBy: null, reduceBy: [own('b')] }),
    rank(cube, 'placeOfAll', own('count'), 'asc', all),
    rank(cube, 'placeByShare', own('share'), 'desc', all),
  ];
}

/** What a cube says of another one. */
function between(cube: string, other: string): Member[] {
  const { dimension, measure, overRows } = makers(cube);
  const has = (site: Site) => Number(site.of(cube, `n${other}`)) > 1;
  const subQuery = (name: string, part: string, propagates: boolean) =>
    dimension(
      `${name}${other}`,
      `type: \`number\`, sql: \`\${${other}.${part}}\`, sub_query: true${propagates ? ', propagate_filters_to_sub_query: true' : ''}`,
      (site) => site.measure(`${other}.${part}`),
      { subQuery: { measures: [`${other}.${part}`], propagates } },
    );
  return [
    subQuery('n', 'count', false),
    subQuery('s', 'sumA', true),
    dimension(
      `many${other}`,
      `type: \`string\`, sql: \`CASE WHEN \${n${other}} > 1 THEN 'many' ELSE 'few' END\``,
      (site) => (has(site) ? 'many' : 'few'),
      { references: [[cube, `n${other}`]] },
    ),
    measure(
      `all${other}`,
      `type: \`sum\`, sql: \`\${n${other}}\``,
      overRows('sum', (site) => site.of(cube, `n${other}`)),
      [[cube, `n${other}`]],
    ),
    measure(
      `with${other}Many`,
      `type: \`count\`, filters: [{ sql: \`\${many${other}} = 'many'\` }]`,
      overRows('count', (site) => (has(site) ? 1 : null)),
      [[cube, `many${other}`]],
    ),
    overGroups(cube, `total${other}`, 'sum', `${other}.sumA`, { groupBy: [], reduceBy: [] }),
    overGroups(cube, `but${other}`, 'sum', `${cube}.count`, {
      groupBy: null,
      reduceBy: [`${other}.b`, `${other}.t`],
    }),
    finer(cube, `most${other}`, 'max', `${cube}.sumA`, `${other}.b`),
    finer(cube, `own${other}`, 'sum', `${other}.count`, `${cube}.a`),
  ];
}

function overGroups(
  cube: string,
  name: string,
  aggregate: Aggregate,
  part: string,
  within: Within,
): MeasureMember {
  const text = `type: \`${aggregate}\`, sql: \`\${${part}}\`, multi_stage: true, ${withinText(within)}`;
  return makers(cube).measure(name, text, { is: 'over-groups', aggregate, part, within });
}

function withinText({ groupBy, reduceBy }: Within): string {
  return groupBy ? `group_by: [${groupBy.join(', ')}]` : `reduce_by: [${reduceBy.join(', ')}]`;
}

function finer(
  cube: string,
  name: string,
  aggregate: Aggregate,
  part: string,
  added: string,
): MeasureMember {
  const text = `type: \`${aggregate}\`, sql: \`\${${part}}\`, multi_stage: true, add_group_by: [${added}]`;
  return makers(cube).measure(name, text, {
    is: 'over-finer-groups',
    aggregate,
    part,
    added: [added],
  });
}

function rank(
  cube: string,
  name: string,
  part: string,
  direction: 'asc' | 'desc',
  within: Within,
): MeasureMember {
  const text = `type: \`rank\`, order_by: [{ sql: \`\${${part}}\`, dir: \`${direction}\` }], multi_stage: true, ${withinText(within)}`;
  return makers(cube).measure(name, text, {
    is: 'rank',
    part,
    isDescending: direction === 'desc',
    within,
  });
}
