import { cubeOf, type World, type WorldCube, type WorldJoin, type WorldRow } from './world.ts';

/** The schema file of a world. */
export function schemaText(world: World): string {
  return world.cubes.map((cube) => cubeText(cube, world)).join('\n');
}

export function tableOf(cube: WorldCube): string {
  return cube.name.toLowerCase();
}

function cubeText(cube: WorldCube, world: World): string {
  const filter = cube.isProtected ? " WHERE ${SECURITY_CONTEXT.tenant.filter('tenant')}" : '';
  const targets = cube.joins.map((join) => join.target);
  const keys = { id: ['id'], composite: ['half', 'side'], none: [] as string[] }[cube.key];
  const dimension = (name: string, type: string, sql: string) =>
    `    ${name}: { type: \`${type}\`, sql: \`${sql}\`${keys.includes(name) ? ', primaryKey: true, public: true' : ''} },`;
  const measure = (name: string, rest: string) => `    ${name}: { ${rest} },`;
  return [
    `cube(\`${cube.name}\`, {`,
    `  sql: \`SELECT * FROM ${tableOf(cube)}${filter}\`,`,
    '  joins: {',
    ...cube.joins.map((join) => joinText(cube, join)),
    '  },',
    '  dimensions: {',
    dimension('id', 'number', 'id'),
    dimension('half', 'number', 'half'),
    dimension('side', 'number', '${CUBE}.side'),
    dimension('a', 'number', 'a'),
    dimension('b', 'string', 'b'),
    dimension('t', 'time', 't'),
    '    band: { type: `string`, case: { when: [{ sql: `${a} > 2`, label: `big` }], else: { label: `small` } } },',
    ...targets.flatMap((target) => [
      dimension(`its${target}`, 'number', `\${${target}.a}`),
      dimension(`with${target}`, 'number', `\${CUBE}.a + \${${target}}.a`),
    ]),
    '  },',
    '  measures: {',
    measure('count', 'type: `count`'),
    measure('sumA', 'type: `sum`, sql: `a`'),
    measure('avgA', 'type: `avg`, sql: `a`'),
    measure('minA', 'type: `min`, sql: `a`'),
    measure('maxA', 'type: `max`, sql: `${a}`'),
    measure('distinctB', 'type: `countDistinct`, sql: `b`'),
    measure('bigCount', 'type: `count`, filters: [{ sql: `${CUBE}.a > 2` }]'),
    measure('emptyCount', 'type: `count`, filters: [{ sql: `${CUBE}.a IS NULL` }]'),
    measure('sumFilled', 'type: `sum`, sql: `coalesce(${CUBE}.a, 100)`'),
    measure('perRow', 'type: `number`, sql: `1.0 * ${sumA} / nullif(${count}, 0)`'),
    measure('raw', 'type: `number`, sql: `count(*) + 1`'),
    ...targets.map((target) => measure(`sum${target}`, `type: \`sum\`, sql: \`\${${target}.a}\``)),
    ...world.cubes
      .filter((other) => other !== cube)
      .map((other) =>
        measure(
          `less${other.name}`,
          `type: \`number\`, sql: \`coalesce(\${sumA}, 0) - coalesce(\${${other.name}.sumA}, 0) + \${${other.name}.count}\``,
        ),
      ),
    '  },',
    '  segments: { big: { sql: `${CUBE}.a > 2` } },',
    '});',
  ].join('\n');
}

function joinText(cube: WorldCube, { target, relationship, holder }: WorldJoin): string {
  const sql =
    holder === 'source'
      ? `\${CUBE}.refers_${target.toLowerCase()} = \${${target}.id}`
      : `\${CUBE}.id = \${${target}}.refers_${cube.name.toLowerCase()}`;
  const word = relationship.replaceAll('-', '_');
  return `    ${target}: { relationship: \`${word}\`, sql: \`${sql}\` },`;
}

/** The tables of a world with their rows. */
export function tableTexts(world: World): string[] {
  return world.cubes.flatMap((cube) => {
    const others = world.cubes.filter((other) => other !== cube);
    const columns = [
      'id INTEGER, half INTEGER, side INTEGER, a INTEGER, b VARCHAR, t TIMESTAMP, tenant INTEGER',
      ...others.map((other) => `refers_${tableOf(other)} INTEGER`),
    ];
    const create = `CREATE TABLE ${tableOf(cube)} (${columns.join(', ')})`;
    if (cube.rows.length === 0) return [create];
    const rows = cube.rows.map((row) => `(${valuesOf(row, others).map(literal).join(', ')})`);
    return [create, `INSERT INTO ${tableOf(cube)} VALUES ${rows.join(', ')}`];
  });
}

function valuesOf(row: WorldRow, others: readonly WorldCube[]) {
  const { id, a, b, t, tenant, refers } = row;
  return [
    ...[id, Math.floor(id / 2), id % 2, a, b, t, tenant],
    ...others.map((other) => refers[other.name] ?? null),
  ];
}

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** Every member of a world by kind: what its schema text declares. */
export function membersOf(world: World) {
  const of = (names: (cube: WorldCube) => readonly string[]) =>
    world.cubes.flatMap((cube) => names(cube).map((name) => `${cube.name}.${name}`));
  const targets = (cube: WorldCube) => cube.joins.map((join) => cubeOf(world, join.target).name);
  return {
    targets: of(targets),
    foreign: of((cube) => targets(cube).flatMap((name) => [`its${name}`, `with${name}`])),
    foreignSums: of((cube) => targets(cube).map((name) => `sum${name}`)),
    composed: of((cube) =>
      world.cubes.filter((other) => other !== cube).map((other) => `less${other.name}`),
    ),
  };
}
