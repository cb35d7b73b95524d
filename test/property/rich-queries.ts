import fc from 'fast-check';
import { membersOfCube, type Member } from './naive-evaluator/members.ts';
import { viewMembers } from './naive-evaluator/views.ts';
import type { World, WorldFilter, WorldQuery } from './naive-evaluator/world.ts';
import { zoneNames } from './naive-evaluator/zones.ts';
import { paths } from './paths.ts';
import { measureFilters, ordered, rowFilters, selectsSomething } from './query-parts.ts';
import { timeFilters, times } from './times.ts';

/** Members by what they are about. */
type Topic = 'plain' | 'windows' | 'stages' | 'sub-queries' | 'composed' | 'running';

interface Pool {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
}

function topicOf(member: Member, world: World): Topic {
  if (member.kind === 'dimension') {
    const names = [member.name, ...member.references.map(([, name]) => name ?? '')];
    return names.some((name) => /^[ns]W\d/.test(name)) ? 'sub-queries' : 'plain';
  }
  if (member.kind === 'segment') return 'plain';
  const { rule } = member;
  if (rule.is === 'over-rows') {
    if (rule.isRunning) return 'running';
    if (rule.window) return 'windows';
    const comes = member.references.some(([cube, name]) => {
      const found = membersOfCube(world, cube).find((item) => item.name === name);
      return found !== undefined && topicOf(found, world) === 'sub-queries';
    });
    return comes ? 'sub-queries' : 'plain';
  }
  if (rule.is !== 'number') return 'stages';
  const topics = rule.parts.map((part) => {
    const [cube, name] = part.split('.') as [string, string];
    return topicOf(
      membersOfCube(world, cube).find((item) => item.name === name)!,
      world,
    );
  });
  if (rule.isMultiStage || topics.includes('stages')) return 'stages';
  if (topics.includes('windows')) return 'windows';
  return rule.parts.some((part) => !part.startsWith(`${member.cube}.`)) ? 'composed' : 'plain';
}

const known = new WeakMap<World, Map<boolean, ReadonlyMap<Topic, Pool>>>();

/** Names of members by topic: of cubes, or of views. */
function poolsOf(world: World, inViews: boolean): ReadonlyMap<Topic, Pool> {
  const pools = known.get(world) ?? new Map<boolean, ReadonlyMap<Topic, Pool>>();
  known.set(world, pools);
  const found = pools.get(inViews) ?? collected(world, inViews);
  pools.set(inViews, found);
  return found;
}

function collected(world: World, inViews: boolean): ReadonlyMap<Topic, Pool> {
  const pools = new Map<Topic, { measures: string[]; dimensions: string[] }>();
  const add = (name: string, member: Member): void => {
    if (member.kind === 'segment' || (member.kind === 'dimension' && member.name === 't')) return;
    const topic = topicOf(member, world);
    const pool = pools.get(topic) ?? { measures: [], dimensions: [] };
    pool[member.kind === 'measure' ? 'measures' : 'dimensions'].push(name);
    pools.set(topic, pool);
  };
  if (!inViews) {
    for (const cube of world.cubes) {
      for (const member of membersOfCube(world, cube.name))
        add(`${cube.name}.${member.name}`, member);
    }
    return pools;
  }
  for (const view of world.views ?? []) {
    for (const { name, cube, member } of viewMembers(world, view)) {
      add(
        name,
        membersOfCube(world, cube).find((item) => item.name === member)!,
      );
    }
  }
  return pools;
}

/** Some members, most of them plain ones and ones of the topic; null: there are none. */
function drawn(
  pools: ReadonlyMap<Topic, Pool>,
  kind: keyof Pool,
  topic: Topic,
): fc.Arbitrary<string> | null {
  const of = (name: Topic) => pools.get(name)?.[kind] ?? [];
  const choices = [
    { weight: 3, from: of('plain') },
    { weight: 6, from: of(topic) },
    { weight: 1, from: [...pools.values()].flatMap((pool) => pool[kind]) },
  ].filter(({ from }) => from.length > 0);
  if (choices.length === 0) return null;
  return fc.oneof(
    ...choices.map(({ weight, from }) => ({ weight, arbitrary: fc.constantFrom(...from) })),
  );
}

const topics: readonly Topic[] = [
  'plain',
  'windows',
  'stages',
  'sub-queries',
  'composed',
  'running',
];

/** Queries over all that rich worlds have. */
export function richQueries(world: World): fc.Arbitrary<WorldQuery> {
  return fc
    .record({
      topic: fc.constantFrom(...topics),
      inViews: fc.constantFrom(false, false, (world.views ?? []).length > 0),
    })
    .chain(({ topic, inViews }) => queriesAbout(world, topic, inViews));
}

function queriesAbout(world: World, topic: Topic, inViews: boolean): fc.Arbitrary<WorldQuery> {
  const pools = poolsOf(world, inViews);
  const cubes = poolsOf(world, false);
  const measure = drawn(pools, 'measures', topic) ?? drawn(cubes, 'measures', topic)!;
  const dimension = drawn(pools, 'dimensions', topic) ?? drawn(cubes, 'dimensions', topic)!;
  const named = (wanted: readonly string[]) => namedIn(world, inViews, wanted);
  const isAlongTime = topic === 'windows' || topic === 'running';
  return fc
    .record({
      measures: fc.uniqueArray(measure, { maxLength: 3 }),
      dimensions: fc.uniqueArray(dimension, { maxLength: 2 }),
      timeDimensions: fc.uniqueArray(times(named(['t'])), {
        minLength: isAlongTime ? 1 : 0,
        maxLength: 2,
        selector: (time) => time.dimension,
      }),
      segments: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.tuple(named(['big'])) },
      ),
      filters: fc.array(
        fc.oneof(
          rowFilters(named),
          timeFilters(named(['t'])),
          measureFilters(measure),
          sizes(drawn(pools, 'dimensions', 'sub-queries') ?? dimension),
        ),
        { maxLength: 2 },
      ),
      timezone: fc.constantFrom(...zoneNames),
      joinHints: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(paths(world), { minLength: 1, maxLength: 2 }) },
      ),
      isUngrouped: fc.integer({ min: 0, max: 11 }).map((value) => value === 0),
      directions: fc.array(fc.constantFrom<'asc' | 'desc'>('asc', 'desc'), { maxLength: 3 }),
    })
    .map(ordered)
    .filter(selectsSomething);
}

/** Members of any cube or view of some names. */
function namedIn(world: World, inViews: boolean, wanted: readonly string[]): fc.Arbitrary<string> {
  const found = inViews
    ? (world.views ?? []).flatMap((view) =>
        viewMembers(world, view).filter(({ member }) => wanted.includes(member)),
      )
    : [];
  const names = found.map(({ name }) => name);
  const plain = world.cubes.flatMap(({ name }) => wanted.map((member) => `${name}.${member}`));
  return fc.constantFrom(...(names.length > 0 ? names : plain));
}

/** Filters of numbers that sub-queries compute; of others they compare texts. */
function sizes(member: fc.Arbitrary<string>): fc.Arbitrary<WorldFilter> {
  return fc.record({
    member,
    operator: fc.constantFrom('set', 'notSet'),
    values: fc.constant([]),
  });
}
