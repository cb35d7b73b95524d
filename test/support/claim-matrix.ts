/** Values of each kind that a cell can have, as SQL that every engine reads, and what it is. */
export interface Cell {
  readonly sql: string;
  readonly value: string | number | bigint | boolean;
}

export type ClaimScalar = string | number | bigint | boolean;

/** Claims that databases take for other values. */
export const claims: readonly ClaimScalar[] = [
  'acme',
  'ACME',
  'acme ',
  'ácme',
  'x',
  '',
  ' ',
  '0',
  '1',
  '42',
  '042',
  ' 42',
  '42x',
  '4.2e1',
  '.5',
  '1e-30',
  '9007199254740993',
  'true',
  'false',
  't',
  'yes',
  '2024-01-01',
  '2024-1-1',
  true,
  false,
  0,
  1,
  42,
  0.5,
  1e-30,
  0.1 + 0.2,
  2 ** 53 - 1,
  2n ** 53n + 1n,
];

const texts = ['acme', 'ACME', 'ACME ', 'ácme', 'x', '', '0', '1', '42', '042', 'true', '.5'];
const text = (value: string): Cell => ({ sql: `'${value}'`, value });
const number = (sql: string, value: number | bigint): Cell => ({ sql, value });

/** Columns by name: their cells. */
export const cells = {
  note: texts.map(text),
  folded: texts.map(text),
  small: [0, 1, 42].map((value) => number(String(value), value)),
  large: [
    number('0', 0),
    number('1', 1),
    number('9007199254740992', 2n ** 53n),
    number('9007199254740993', 2n ** 53n + 1n),
  ],
  ratio: [
    number('0', 0),
    number('0.3', 0.3),
    number('0.5', 0.5),
    number('9007199254740992', 2n ** 53n),
  ],
  exact: [number('0', 0), number('0.5', 0.5), number('42', 42)],
  flag: [
    { sql: 'TRUE', value: true },
    { sql: 'FALSE', value: false },
  ],
  day: [text('2024-01-01'), text('2024-01-02')],
} as const satisfies Readonly<Record<string, readonly Cell[]>>;

export type Column = keyof typeof cells;
export const columns = Object.keys(cells) as Column[];

/** The table: one row for each cell, the other columns null. */
export function tableOfCells(types: Readonly<Record<Column, string>>, table: string): string[] {
  const rows = allCells().map(({ id, column, cell }) => {
    const values = columns.map((name) => (name === column ? cell.sql : 'NULL'));
    return `(${id}, ${values.join(', ')})`;
  });
  const declared = columns.map((name) => `${name} ${types[name]}`);
  return [
    `CREATE TABLE ${table} (id INTEGER, ${declared.join(', ')})`,
    `INSERT INTO ${table} VALUES ${rows.join(', ')}`,
  ];
}

export function allCells(): { id: number; column: Column; cell: Cell }[] {
  let id = 0;
  return columns.flatMap((column) => cells[column].map((cell) => ({ id: ++id, column, cell })));
}

/**
 * Whether a claim may show a cell: the same value. A text may be the canonical text of a number, a boolean
 * or a date, and a number or a boolean the value of such a text: then both have one text.
 */
export function maySee(claim: ClaimScalar, { value }: Cell): boolean {
  return String(claim) === String(value);
}

export const forms = [
  'column',
  'through',
  'flipped',
  'called',
  'list',
  'items',
  'bare',
  'bare_list',
  'branch',
  'mask',
  'policy',
  'unmasked',
] as const;
export type Form = (typeof forms)[number];

/** Forms whose claim stands in an access policy, which knows the type of its dimension. */
export function isOfPolicy(form: Form): boolean {
  return form === 'policy' || form === 'unmasked';
}

type SqlForm = Exclude<Form, 'mask' | 'policy' | 'unmasked'>;

/** Rows that a form shows: all that it returns, and where it masks those whose mask is lifted. */
export function queryOf(column: Column, form: Form): object {
  const cube = `${column}_${form}`;
  const filters = [{ member: `${cube}.cell`, operator: 'set' }];
  return {
    dimensions: [`${cube}.id`],
    ...(form === 'mask' || form === 'unmasked' ? { filters } : {}),
  };
}

/** Forms that take lists too long to be bound item by item. */
export const listForms = [
  'column',
  'list',
  'bare_list',
  'policy',
] as const satisfies readonly Form[];

/** A claim among 1,200 others of its kind; null: there are not so many. */
export function longListWith(claim: ClaimScalar): ClaimScalar[] | null {
  if (typeof claim === 'boolean') return null;
  const others = Array.from({ length: 1200 }, (_, index) =>
    typeof claim === 'string'
      ? `none-${index}`
      : typeof claim === 'bigint'
        ? 1_000_000n + BigInt(index)
        : 1_000_000 + index,
  );
  return [...others, claim];
}

/** A cube for each column and form. */
export function matrixSchema(table: string): string {
  return columns
    .flatMap((column) => {
      const type =
        { flag: 'boolean', note: 'string', folded: 'string', day: 'string' }[column as string] ??
        'number';
      const dimensions = `dimensions: { id: { sql: 'id', type: 'number', primary_key: true, public: true }, cell: { sql: '${column}', type: '${type}' } },`;
      const where: Readonly<Record<SqlForm, string>> = {
        column: `\${SECURITY_CONTEXT.c.filter('${column}')}`,
        through: `\${SECURITY_CONTEXT.c.filter((v) => \`${column} = \${v}\`)}`,
        flipped: `\${SECURITY_CONTEXT.c.filter((v) => \`\${v} = t.${column} OR 1=0\`)}`,
        called: `\${SECURITY_CONTEXT.c.filter((v) => \`coalesce(${column}, ${column}) = \${v}\`)}`,
        list: `\${SECURITY_CONTEXT.c.filter((v) => \`${column} IN (\${v.join(', ')})\`)}`,
        items: `\${SECURITY_CONTEXT.c.filter((v) => v.map((each) => \`${column} = \${each}\`).join(' OR '))}`,
        bare: `id > 0 AND ${column} = \${SECURITY_CONTEXT.one}`,
        branch: `\${SECURITY_CONTEXT.all.unsafeValue() === true ? '1=1' : SECURITY_CONTEXT.c.filter('${column}')}`,
        bare_list: `${column} IN (\${SECURITY_CONTEXT.c}) AND id > 0`,
      };
      const rows = `row_level: { filters: [{ member: 'cell', operator: 'equals', values: [securityContext.c] }] }`;
      const masked = `member_level: { includes: ['id'] }, member_masking: { includes: ['cell'] }`;
      const mask = `mask: { sql: \`CASE WHEN ${column} = \${SECURITY_CONTEXT.one} THEN 'shown' END\` }`;
      return [
        ...Object.entries(where).map(
          ([form, sql]) =>
            `cube('${column}_${form}', { sql: \`SELECT * FROM ${table} AS t WHERE ${sql}\`, ${dimensions} });`,
        ),
        `cube('${column}_policy', { sql_table: '${table}', ${dimensions} access_policy: [{ group: '*', ${rows} }] });`,
        `cube('${column}_unmasked', { sql_table: '${table}', ${dimensions} access_policy: [{ group: '*', ${masked} }, { group: '*', ${rows} }] });`,
        `cube('${column}_mask', { sql_table: '${table}', ${dimensions.replace(/type: '[a-z]*' \} \}/, `type: 'string', ${mask} } }`)} access_policy: [{ group: '*', ${masked} }] });`,
      ];
    })
    .join('\n');
}

/** Whether the function of a form is written for lists too. */
export function takesLists(form: Form): boolean {
  return !['through', 'flipped', 'called'].includes(form);
}
