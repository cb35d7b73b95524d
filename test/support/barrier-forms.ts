const hard = 'regexp_replace(md5(tenant), $$x$$, $$y$$)';
const value = (text: string): string => `regexp_replace(md5(${text}), $$x$$, $$y$$)`;
const pushed = (cube: string): string => `\${FILTER_PARAMS.${cube}.amount.filter('note::int')}`;

const members = `measures: {
    count: { type: 'count' },
    rolling: { type: 'count', rolling_window: { trailing: '2 day' } },
    filtered: { type: 'count', filters: [{ sql: \`note::int > 1\` }] },
  },
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true, public: true },
    tenant: { sql: \`${hard}\`, type: 'string' },
    plain_tenant: { sql: 'tenant', type: 'string' },
    amount: { sql: \`note::int\`, type: 'number' },
    at: { sql: \`to_timestamp(86400 * note::int)\`, type: 'time' },
  },
  segments: { large: { sql: \`note::int > 1\` } },`;
const policy = `access_policy: [{ group: '*', row_level: { filters: [
    { member: 'tenant', operator: 'equals', values: [securityContext.md5] } ] } }],`;

/** Cubes and views over the table `notes`, each with its rows chosen by the claim in a form of its own. */
export function barrierSchema(table: string): string {
  const cube = (name: string, where: string, more = ''): string =>
    `cube('${name}', { sql: \`SELECT * FROM ${table} WHERE ${where}\`, ${members} ${more} });`;
  const filter = `\${SECURITY_CONTEXT.md5.filter(\`${hard}\`)}`;
  const own = `\${SECURITY_CONTEXT.t.filter((v) => \`${hard} = ${value('${v}')}\`)}`;
  return [
    cube('column', filter),
    cube('through', own),
    cube('bare', `${hard} = ${value('${SECURITY_CONTEXT.t}::text')}`),
    cube('unsafe', `${hard} = ${value("'${SECURITY_CONTEXT.t.unsafeValue()}'")}`),
    cube('dynamic', `${hard} = ${value("'${SECURITY_CONTEXT.t.unsafeValue().trim()}'")}`),
    cube(
      'conditional',
      `\${SECURITY_CONTEXT.all.unsafeValue() === true ? '1=1' : ${'`' + own + '`'}}`,
    ),
    cube(
      'chosen',
      `\${SECURITY_CONTEXT.t.unsafeValue() === 'a' ? \`${hard} = ${value("'a'")}\` : '1=0'}`,
    ),
    `cube('restricted', { sql_table: '${table}', ${members} ${policy} });`,
    `cube('inner', { sql: \`SELECT * FROM ${table} WHERE ${own}\` });`,
    `cube('outer', { sql: \`SELECT * FROM \${inner.sql()} AS i WHERE ${pushed('outer')}\`, ${members} });`,
    `cube('child', { extends: through });`,
    `cube('base', { sql_table: '${table}', ${members} joins: { other: { sql: \`\${CUBE}.id = \${other}.id\`, relationship: 'one_to_one' } } });`,
    `cube('other', { sql_table: '${table}', ${members} });`,
    `view('seen', { cubes: [{ join_path: base, includes: '*' }], ${policy} });`,
    `view('joined', { cubes: [{ join_path: base, includes: '*' }, { join_path: base.other, includes: '*', prefix: true }], ${policy} });`,
    cube('pushed_behind', `${own} AND ${pushed('pushed_behind')}`),
    cube('pushed_before', `${pushed('pushed_before')} AND ${own}`),
    cube(
      'pushed_bare',
      `${pushed('pushed_bare')} AND ${hard} = ${value('${SECURITY_CONTEXT.t}::text')}`,
    ),
    `cube('pushed_restricted', { sql: \`SELECT * FROM ${table} WHERE ${pushed('pushed_restricted')}\`, ${members} ${policy} });`,
    `cube('base_pushed', { sql: \`SELECT * FROM ${table} WHERE ${pushed('base_pushed')}\`, ${members} });`,
    `view('pushed_view', { cubes: [{ join_path: base_pushed, includes: '*' }], ${policy} });`,
  ].join('\n');
}

export const heldForms = [
  'column',
  'through',
  'bare',
  'unsafe',
  'dynamic',
  'conditional',
  'chosen',
  'restricted',
  'outer',
  'child',
  'seen',
  'joined',
];
export const refusedForms = [
  'pushed_behind',
  'pushed_before',
  'pushed_bare',
  'pushed_restricted',
  'pushed_view',
];
