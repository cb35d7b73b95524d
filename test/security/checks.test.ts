import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkScope } from '../../src/lower/check-scope.ts';
import { checkStatement } from '../../src/lower/check-statement.ts';
import { ChosenTexts } from '../../src/lower/chosen-texts.ts';
import { FragmentTexts } from '../../src/lower/fragment-texts.ts';
import { lowerPlan } from '../../src/lower/lower-plan.ts';
import type { Lowering } from '../../src/lower/lowering.ts';
import type { Model } from '../../src/model/model.ts';
import { Access } from '../../src/planner/access.ts';
import { Budget } from '../../src/planner/budget.ts';
import { checkPlan } from '../../src/planner/check-plan.ts';
import { readClaim } from '../../src/planner/claims.ts';
import { decodeQuery } from '../../src/planner/decode-query.ts';
import { withMasks } from '../../src/planner/masks.ts';
import type { Plan } from '../../src/planner/plan.ts';
import { planQuery } from '../../src/planner/plan-query.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';
import type { Expression, Select } from '../../src/sql/ast.ts';
import { dialects } from '../../src/sql/dialects/registry.ts';
import { attacked, differenceOf, plain } from '../support/attacked-trees.ts';
import { caseNow } from '../support/cases.ts';
import { compileStages } from '../support/compile-stages.ts';

const content = `
cube('Users', {
  sql: \`SELECT * FROM users WHERE \${SECURITY_CONTEXT.tenant.filter('tenant')} AND \${SECURITY_CONTEXT.region.requiredFilter('region')}\`,
  measures: { count: { type: 'count' } },
  dimensions: {
    id: { type: 'number', sql: 'id', primaryKey: true },
    city: { type: 'string', sql: 'city', mask: { sql: 'left(city, 1)' } },
    orders: { type: 'number', sql: \`\${Orders.count}\`, sub_query: true },
  },
  access_policy: [{ group: '*', row_level: { filters: [{ member: 'id', operator: 'equals', values: [securityContext.ids] }] } }],
});
cube('Orders', {
  sql_table: 'orders',
  joins: { Users: { relationship: 'many_to_one', sql: \`\${CUBE}.user_id = \${Users.id}\` } },
  measures: {
    count: { type: 'count' },
    revenue: { type: 'sum', sql: 'amount', mask: -1 },
    perUser: { type: 'number', sql: \`1.0 * \${count} / \${Users.count}\` },
    share: { type: 'sum', multi_stage: true, sql: \`\${count}\`, group_by: [] },
    recent: { type: 'sum', sql: 'amount', rolling_window: { trailing: '1 month' } },
  },
  dimensions: {
    id: { type: 'number', sql: 'id', primaryKey: true },
    email: { type: 'string', sql: 'email' },
    state: { type: 'string', sql: 'state' },
    createdAt: { type: 'time', sql: 'created_at' },
  },
  access_policy: [
    { group: '*', member_level: { excludes: ['email', 'revenue'] }, member_masking: { includes: '*' },
      row_level: { filters: [{ member: 'state', operator: 'notEquals', values: ['TX'] }] } },
    { group: 'local', row_level: { filters: [{ member: 'state', operator: 'equals', values: [securityContext.state] }] } },
  ],
});
view('Sales', {
  cubes: [
    { join_path: Orders, includes: ['count', 'revenue', 'email', 'state', 'createdAt', 'perUser', 'share', 'recent'] },
    { join_path: Orders.Users, includes: ['city', 'orders'] },
  ],
  access_policy: [{
    group: '*', member_level: { excludes: ['city'] }, member_masking: { includes: '*' },
    row_level: { filters: [{ member: 'createdAt', operator: 'afterDate', values: ['2024-01-01'] }] },
  }],
});`;
const context = { tenant: 1, region: ['eu'], ids: [1, 2], state: 'CA', groups: ['local'] };
const time = {
  dimension: 'Sales.createdAt',
  granularity: 'month',
  dateRange: ['2024-01-01', '2024-06-30'],
};
const byEmail = { member: 'Sales.email', operator: 'equals', values: ['a@x'] };
const queries: readonly object[] = [
  { measures: ['Users.count'] },
  { measures: ['Orders.count', 'Orders.revenue'], dimensions: ['Orders.email'] },
  { measures: ['Sales.count', 'Sales.revenue'], dimensions: ['Sales.city'], filters: [byEmail] },
  {
    measures: ['Sales.perUser'],
    dimensions: ['Sales.city'],
    filters: [{ member: 'Sales.revenue', operator: 'gt', values: ['0'] }],
  },
  {
    measures: ['Sales.share', 'Sales.count'],
    dimensions: ['Sales.email'],
    filters: [byEmail],
    total: true,
  },
  { measures: ['Sales.recent', 'Sales.count'], dimensions: ['Sales.city'], timeDimensions: [time] },
  {
    measures: ['Sales.count'],
    dimensions: ['Sales.city'],
    timeDimensions: [{ ...time, fillMissingDates: true }],
  },
  {
    measures: ['Sales.count'],
    dimensions: ['Sales.orders'],
    filters: [{ or: [byEmail, { member: 'Sales.city', operator: 'set' }] }],
  },
  { dimensions: ['Sales.city', 'Sales.email'], ungrouped: true },
];

const always: Expression = { kind: 'constant', value: true };
const bare: Expression = {
  kind: 'raw',
  parts: [
    {
      kind: 'text',
      text: 'email',
      origin: { member: 'Orders.email', property: 'sql', file: 'a.js' },
    },
  ],
  binding: 'atom',
};

/** Each protection removed, weakened, or moved to where it protects nothing. */
function weaken(node: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { kind, guard, item, where, source, having } = node;
  const found: unknown[] = [];
  if (kind === 'restricted') {
    const { source: inner } = item as { source: unknown };
    found.push(inner, { ...node, where: always });
    found.push({ ...node, where: { kind: 'logical', operator: 'or', items: [where, always] } });
  }
  if (kind === 'fenced') found.push(source);
  if (kind === 'expression' && typeof guard === 'string') {
    const { guard: _guard, ...unmarked } = node;
    found.push({ ...unmarked, expression: guard.startsWith('mask') ? bare : always });
    if (guard.startsWith('mask')) found.push({ ...node, expression: bare });
  }
  const policy = JSON.stringify(where ?? null, plain).includes('"policy ');
  if (kind === 'select' && policy) {
    found.push({ ...node, where: null });
    found.push({ ...node, where: { kind: 'logical', operator: 'or', items: [where, always] } });
    if (having === null) found.push({ ...node, where: null, having: where });
  }
  return found;
}

/** Names that are put where their table is not, or not yet, in scope. */
function unscope(node: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { kind, table, joins, from } = node;
  if (kind === 'column') return table === null ? [] : [{ ...node, table: 'elsewhere' }];
  if (kind === 'alias') return [{ ...node, name: 'elsewhere' }];
  if (kind !== 'select' || !joins) return [];
  const beyond = { column: 99, descending: false };
  const found: unknown[] = [
    { ...node, groupBy: [99] },
    { ...node, orderBy: [beyond] },
    { ...node, where: { kind: 'column', table: 'elsewhere', name: 'id' } },
  ];
  const [first, ...others] = joins as Select['joins'];
  const later = others.at(-1)?.item.alias;
  if (!first) return found;
  const { alias } = from as Select['from'];
  found.push({ ...node, joins: [{ ...first, item: { ...first.item, alias } }, ...others] });
  const on = { kind: 'column', table: later, name: 'id' };
  if (later !== undefined) found.push({ ...node, joins: [{ ...first, on }, ...others] });
  return found;
}

function loweringOf(plan: Plan, model: Model, barrier: boolean): Lowering {
  return {
    model,
    plan,
    dialect: dialects.get('postgres')!,
    fragments: new FragmentTexts(),
    chosen: new ChosenTexts(() => true),
    claim: (path) => readClaim(context, path),
    missingContext: 'allow',
    now: caseNow,
    barrier,
    applied: [],
    budget: new Budget(),
    inner: new Set(),
  };
}

describe('what holds every statement to its policies', () => {
  const pool = createRunnerPool();
  let schema: Model;
  beforeAll(async () => {
    ({ model: schema } = await compileStages([{ path: 'a.js', content }], pool));
  }, 60_000);
  afterAll(() => pool.close());

  function planned(query: object) {
    const access = new Access(schema, context, null);
    const setting = {
      lexical: dialects.get('postgres')!.lexical,
      now: caseNow,
      joinTies: 'first-declared',
      allowUngroupedWithoutPrimaryKey: true,
      access,
    } as const;
    const plan = planQuery(schema, decodeQuery(query), setting);
    return { plan, access, model: withMasks(schema, plan.masked ?? []) };
  }

  test.for(queries)('no filter and no mask can leave the statement of %j', (query) => {
    for (const barrier of [false, true]) {
      const { plan, model } = planned(query);
      const lowering = loweringOf(plan, model, barrier);
      const { select } = lowerPlan(plan, lowering);
      const check = (statement: Select) =>
        checkStatement(statement, plan, { ...lowering, applied: [], budget: new Budget() });
      check(select);
      const weakened = attacked(select, weaken);
      expect(weakened.length).toBeGreaterThan(3);
      for (const statement of weakened) {
        expect(() => check(statement), differenceOf(select, statement)).toThrow();
      }
    }
  });

  test.for(queries)('no name can leave the scope of its table in the statement of %j', (query) => {
    const { plan, model } = planned(query);
    const { select } = lowerPlan(plan, loweringOf(plan, model, true));
    checkScope(select);
    const changed = attacked(select, unscope);
    expect(changed.length).toBeGreaterThan(3);
    for (const statement of changed) {
      expect(() => checkScope(statement), differenceOf(select, statement)).toThrow();
    }
  });

  test.for(queries)('no rule of plans can be broken in the plan of %j', (query) => {
    const { plan, access, model } = planned(query);
    checkPlan(plan, model, access);
    const root = attacked(plan.root, (node) => {
      const { kind, relationship, measures, conditions, joins, input, member } = node;
      const found: unknown[] = [];
      if (relationship === 'one-to-many') found.push({ ...node, relationship: 'many-to-one' });
      if (relationship === 'many-to-one') found.push({ ...node, relationship: 'one-to-many' });
      if (kind === 'combine')
        found.push({
          ...node,
          parts: [...(node['parts'] as unknown[]), (node['parts'] as unknown[])[0]],
        });
      if (kind === 'aggregate' && (measures as unknown[]).length > 0) {
        found.push({ ...node, measures: [] });
      }
      const asks = JSON.stringify(conditions ?? []);
      if (kind === 'filter' && asks.includes('"policy"'))
        found.push(input, { ...node, conditions: [] });
      if (kind === 'join' && (joins as unknown[]).length > 1)
        found.push({ ...node, joins: (joins as unknown[]).toReversed() });
      if (typeof member === 'string' && member.endsWith(' masked') && kind !== 'measure') {
        found.push({ ...node, member: member.slice(0, -' masked'.length) });
      }
      return found;
    });
    const columns = attacked(plan.columns, ({ member }) =>
      typeof member === 'string' && member.endsWith(' masked')
        ? [{ ...plan.columns[0], member: member.slice(0, -' masked'.length) }]
        : [],
    );
    const everywhere = [{ owner: 'Orders', rows: { kind: 'and', items: [] } }] as const;
    const broken = [
      ...root.map((item) => ({ ...plan, root: item })),
      ...columns.map((item) => ({ ...plan, columns: item })),
      { ...plan, access: plan.access.slice(1) },
      { ...plan, columns: plan.columns.slice(1) },
      ...(plan.masked
        ? [{ ...plan, masked: plan.masked.map((item) => ({ ...item, shown: everywhere })) }]
        : []),
    ].filter((item) => JSON.stringify(item, plain) !== JSON.stringify(plan, plain));
    for (const item of broken) {
      expect(() => checkPlan(item, model, access), differenceOf(plan, item)).toThrow();
    }
  });
});
