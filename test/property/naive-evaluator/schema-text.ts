import { membersOfCube, type Member } from './members.ts';
import type { World, WorldCube, WorldJoin, WorldPolicy, WorldRow, WorldView } from './world.ts';

/** The schema file of a world. */
export function schemaText(world: World): string {
  return [
    ...world.cubes.map((cube) => cubeText(cube, world)),
    ...(world.views ?? []).map(viewText),
  ].join('\n');
}

export function tableOf(cube: WorldCube): string {
  return cube.name.toLowerCase();
}

function cubeText(cube: WorldCube, world: World): string {
  const filter = cube.isProtected ? " WHERE ${SECURITY_CONTEXT.tenant.filter('tenant')}" : '';
  const keys: readonly string[] = { id: ['id'], composite: ['half', 'side'], none: [] }[cube.key];
  const members = (kind: Member['kind']) =>
    membersOfCube(world, cube.name)
      .filter((member) => member.kind === kind)
      .map(({ name, text }) => {
        const isKey = kind === 'dimension' && keys.includes(name);
        return `    ${name}: { ${text}${isKey ? ', primaryKey: true, public: true' : ''} },`;
      });
  return [
    `cube(\`${cube.name}\`, {`,
    `  sql: \`SELECT * FROM ${tableOf(cube)}${filter}\`,`,
    '  joins: {',
    ...cube.joins.map((join) => joinText(cube, join)),
    '  },',
    '  dimensions: {',
    ...members('dimension'),
    '  },',
    '  measures: {',
    ...members('measure'),
    '  },',
    '  segments: {',
    ...members('segment'),
    '  },',
    ...policyText(cube.policies),
    '});',
  ].join('\n');
}

function viewText({ name, cubes, policies }: WorldView): string {
  const list = (names: readonly string[]) => `[${names.map((item) => `\`${item}\``).join(', ')}]`;
  const parts = cubes.map(({ path, prefix, includes, excludes }) =>
    [
      `join_path: ${path.join('.')}`,
      ...(prefix === null ? [] : [`prefix: true, alias: \`${prefix}\``]),
      `includes: ${includes === '*' ? '`*`' : list(includes)}`,
      ...(excludes.length === 0 ? [] : [`excludes: ${list(excludes)}`]),
    ].join(', '),
  );
  return [
    `view(\`${name}\`, {`,
    '  cubes: [',
    ...parts.map((part) => `    { ${part} },`),
    '  ],',
    ...policyText(policies),
    '});',
  ].join('\n');
}

function policyText(policies: readonly WorldPolicy[] = []): string[] {
  if (policies.length === 0) return [];
  const rowsOf = (filter: WorldPolicy['filter']) =>
    filter === null
      ? 'allow_all: true'
      : `filters: [{ member: \`${filter.member}\`, operator: \`${filter.operator}\`, values: [securityContext.${filter.claim}] }]`;
  return [
    '  access_policy: [',
    ...policies.map(
      ({ group, filter }) => `    { group: \`${group}\`, row_level: { ${rowsOf(filter)} } },`,
    ),
    '  ],',
  ];
}

function joinText(cube: WorldCube, { target, relationship, holder, beside }: WorldJoin): string {
  const keys =
    holder === 'source'
      ? `\${CUBE}.refers_${target.toLowerCase()} = \${${target}.id}`
      : `\${CUBE}.id = \${${target}}.refers_${cube.name.toLowerCase()}`;
  const names = {
    column: `\${${beside?.cube}}.a`,
    dimension: `\${${beside?.cube}.a}`,
    'own-dimension': `\${CUBE.its${beside?.cube}}`,
  };
  const a = beside && names[beside.named];
  const sql = a === undefined ? keys : `${keys} AND (${a} IS NULL OR ${a} > 0)`;
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

/** Members of a world by what they are for: what its schema text declares. */
export function membersOf(world: World) {
  const of = (names: (cube: WorldCube) => readonly string[]) =>
    world.cubes.flatMap((cube) => names(cube).map((name) => `${cube.name}.${name}`));
  const targets = (cube: WorldCube) => cube.joins.map((join) => join.target);
  return {
    foreign: of((cube) => targets(cube).flatMap((name) => [`its${name}`, `with${name}`])),
    foreignSums: of((cube) => targets(cube).map((name) => `sum${name}`)),
    composed: of((cube) =>
      world.cubes
        .filter((other) => other !== cube)
        .flatMap(({ name }) => [`less${name}`, `per${name}`]),
    ),
  };
}
