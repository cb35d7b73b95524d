import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compileSchema, QueryError } from '../../src/index.ts';
import { openDuckDb } from '../support/engines.ts';
import { evaluateNaively, type NaiveFilter, type Row } from './naive-evaluator/shop.ts';
import { naiveQueries, plainRows, toQuery } from './shop-queries.ts';

const file = new URL('../../fixtures/models/shop/Orders.js', import.meta.url);
const masks: Readonly<Record<string, string | number | null>> = {
  status: 'x',
  amount: 20,
  revenue: -1,
};
const shop = Object.entries(masks).reduce(
  (text, [name, mask]) =>
    text.replace(`    ${name}: {`, `    ${name}: { mask: ${JSON.stringify(mask)},`),
  readFileSync(file, 'utf8').replace("${USER_CONTEXT.id.filter('user_id')}", '1=1'),
);
const engine = await openDuckDb();
afterAll(() => engine.close());

interface User {
  readonly groups?: readonly string[];
  readonly status?: string | readonly string[] | null;
  readonly amount?: number;
}

interface RowRule {
  readonly text: string;
  readonly sees: (row: Row, user: User) => boolean;
}

const listOf = (value: User['status']): readonly unknown[] =>
  value === undefined || value === null ? [] : typeof value === 'string' ? [value] : value;

const rules: readonly RowRule[] = [
  { text: '', sees: () => true },
  { text: 'row_level: { allow_all: true },', sees: () => true },
  {
    text: "row_level: { filters: [{ member: 'status', operator: 'equals', values: [securityContext.status] }] },",
    sees: (row, { status }) => listOf(status).includes(row['status']),
  },
  {
    text: "row_level: { filters: [{ member: 'status', operator: 'notEquals', values: [securityContext.status] }] },",
    sees: (row, { status }) => listOf(status).length > 0 && !listOf(status).includes(row['status']),
  },
  {
    text: "row_level: { filters: [{ member: 'amount', operator: 'gt', values: [securityContext.amount] }] },",
    sees: (row, { amount }) =>
      amount !== undefined && row['amount'] !== null && Number(row['amount']) > amount,
  },
  {
    text: "row_level: { filters: [{ or: [{ member: 'paid', operator: 'equals', values: [true] }, { member: 'note', operator: 'notSet' }] }] },",
    sees: (row) => row['paid'] === true || row['note'] === null,
  },
];

const groups = ['a', 'b', 'c'];
const members = ['count', 'revenue', 'status', 'paid', 'amount', 'note', 'id', 'userId', 'open'];
const policies = fc.array(
  fc.record({
    group: fc.constantFrom('*', ...groups),
    rule: fc.constantFrom(...rules),
    hidden: fc.subarray(members, { maxLength: 4 }),
    masked: fc.subarray(members, { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const users: fc.Arbitrary<User> = fc.record(
  {
    groups: fc.subarray(groups),
    status: fc.constantFrom('new', 'closed', null, [], ['new', 'shipped'], '42'),
    amount: fc.constantFrom(0, 20, 60),
  },
  { requiredKeys: [] },
);

function membersOf(filter: NaiveFilter): string[] {
  if ('member' in filter) return [filter.member.slice('Orders.'.length)];
  return ('and' in filter ? filter.and : filter.or).flatMap(membersOf);
}

test('policies show the rows and members that nested loops over them show', async () => {
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(fc.tuple(naiveQueries, users), { minLength: 10, maxLength: 10 }),
      async (list, asked) => {
        const texts = list.map(
          ({ group, rule, hidden, masked }) =>
            `{ group: '${group}', ${rule.text} member_level: { excludes: ${JSON.stringify(hidden)} }, member_masking: { includes: ${JSON.stringify(masked)} } },`,
        );
        const content = shop.replace(
          'measures: {',
          `access_policy: [${texts.join(' ')}],\nmeasures: {`,
        );
        await using schema = await compileSchema(
          { files: [{ path: 'Orders.js', content }] },
          { dialect: 'duckdb' },
        );
        for (const [query, user] of asked) {
          const taken = list.filter(({ group }) => group === '*' || user.groups?.includes(group));
          const named = [
            ...query.measures,
            ...query.dimensions,
            ...query.segments,
            ...query.filters.flatMap(membersOf),
          ];
          const showing = (name: string) => taken.filter(({ hidden }) => !hidden.includes(name));
          const naming = (name: string) =>
            taken.filter(
              ({ hidden, masked }) =>
                !hidden.includes(name) || (masked.includes(name) && name !== 'open'),
            );
          const granting = named.map(naming);
          const answer = schema.generateSql(toQuery(query), { securityContext: user });
          if (granting.some((some) => some.length === 0)) {
            await expect(answer).rejects.toThrow(QueryError);
            continue;
          }
          const sees = (row: Row): boolean =>
            granting.every((some) => some.some(({ rule }) => rule.sees(row, user)));
          const { sql, params } = await answer;
          const rows = plainRows(query, await engine.query(sql, params));
          const isShown = (name: string, row: Row): boolean =>
            showing(name).some(({ rule }) => rule.sees(row, user));
          const expected = evaluateNaively(query, sees, {
            dimension: (name, row, value) =>
              members.includes(name) && !isShown(name, row) ? (masks[name] ?? null) : value,
            measure: (name, found) => {
              const texts = new Set(showing(name).map(({ rule }) => rule.text));
              const all = new Set(naming(name).map(({ rule }) => rule.text));
              const isWhole = rules.slice(0, 2).some(({ text }) => texts.has(text));
              if (isWhole || texts.size === all.size) return undefined;
              return found.length === 0 ? null : ((masks[name] as number | undefined) ?? null);
            },
          });
          expect(rows, sql).toEqual(plainRows(query, expected));
        }
      },
    ),
    { numRuns: 20 },
  );
}, 120_000);
