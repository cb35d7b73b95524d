import type { SourceFile } from '../../src/core/source.ts';

/**
 * What the user of the tests may not see has a `zq` in its name, and nothing else does: cubes, members, folders, granularities,
 * files, groups, columns that only hidden members read.
 */
export const hiddenName = /zq/i;

const rows = "SELECT 1 AS id, 2 AS ref, 'a' AS status, TIMESTAMP '2024-01-01' AS at, 5 AS amount";

export const hiddenFiles: readonly SourceFile[] = [
  {
    path: 'ZqFolder/ZqFile.js',
    content: `
cube('Orders', {
  sql: \`${rows}\`,
  joins: {
    ZqPay: { relationship: 'belongsTo', sql: \`\${CUBE}.ref = \${ZqPay}.id\` },
    ZqLeft: { relationship: 'belongsTo', sql: \`\${CUBE}.ref = \${ZqLeft}.id\` },
    ZqRight: { relationship: 'belongsTo', sql: \`\${CUBE}.ref = \${ZqRight}.id\` },
    ZqMany: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${ZqMany}.id\` },
    ZqDenied: { relationship: 'belongsTo', sql: \`\${CUBE}.ref = \${ZqDenied}.id\` },
    Users: { relationship: 'belongsTo', sql: \`\${CUBE}.ref = \${Users}.id\` },
    Items: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${Items}.id\` },
  },
  measures: {
    count: { type: 'count', drillMembers: [id, zqPrivate, zqPolicy, status, zqTotal] },
    revenue: { type: 'sum', sql: 'amount' },
    zqTotal: { type: 'sum', sql: 'zq_amount', public: false },
    zqSum: { type: 'sum', sql: 'zq_amount' },
    perPay: { type: 'number', sql: \`\${count} / \${ZqPay.count}\` },
    perDenied: { type: 'number', sql: \`\${count} / \${ZqDenied.count}\` },
    mixed: { type: 'number', sql: \`\${ZqPay.count} + max(\${ZqPay.zqAmount})\` },
    calls: { type: 'number', sql: \`zq_function(\${count}, \${ZqPay.count})\` },
    column: { type: 'number', sql: \`\${ZqPay.count} + max(zq_column)\` },
    many: { type: 'sum', sql: \`\${ZqMany.zqAmount}\` },
    lost: { type: 'sum', sql: \`\${ZqAlone.zqAmount}\` },
    far: { type: 'sum', sql: \`\${Cities.size}\` },
    approximate: { type: 'countDistinctApprox', sql: \`\${zqPrivate}\` },
    rolling: { type: 'sum', sql: 'amount', rolling_window: { trailing: '1 month' } },
    staged: { type: 'number', multi_stage: true, sql: \`\${count} + zq_column\` },
    ranked: { type: 'rank', multi_stage: true, order_by: [{ sql: \`\${zqTotal}\`, dir: 'desc' }], reduce_by: [zqPolicy] },
    grouped: { type: 'sum', multi_stage: true, sql: \`\${zqSum}\`, group_by: [zqPolicy] },
    shifted: { type: 'number', multi_stage: true, sql: \`\${count}\`, time_shift: [{ time_dimension: zqTime, interval: '1 month', type: 'prior' }] },
    ofMasked: { type: 'sum', sql: \`\${masked}\` },
  },
  dimensions: {
    id: { sql: 'id', type: 'number', primaryKey: true, public: true },
    status: { sql: 'status', type: 'string' },
    at: { sql: 'at', type: 'time' },
    masked: { sql: 'zq_masked', type: 'number' },
    zqPrivate: { sql: 'zq_private', type: 'string', public: false },
    zqPolicy: { sql: 'zq_policy', type: 'string' },
    zqNumber: { sql: 'zq_number', type: 'number', public: false },
    zqTime: { sql: 'at', type: 'time', granularities: { zqWeek: { interval: '2 weeks', origin: '2024-01-01' } } },
    paid: { sql: \`\${ZqPay.count}\`, type: 'number', sub_query: true },
    keyless: { sql: \`\${ZqKeyless.count}\`, type: 'number', sub_query: true },
    claimed: { sql: \`\${zqPrivate} || \${SECURITY_CONTEXT.missing}\`, type: 'string' },
    pushed: { sql: \`\${FILTER_PARAMS.Orders.zqPolicy.filter('zq_policy')}\`, type: 'string' },
    city: { sql: \`\${Cities.name}\`, type: 'string' },
  },
  segments: { zqSegment: { sql: 'zq_flag' }, late: { sql: \`\${zqPolicy} = 'late'\` } },
  hierarchies: { zqSteps: { levels: [zqPolicy, zqPrivate] }, steps: { levels: [status, zqPolicy] } },
  access_policy: [
    { group: 'guests', member_level: { excludes: [zqPolicy, zqSegment, zqSum, zqTime, masked] }, member_masking: { includes: [masked] } },
    { group: 'ZqGroup', row_level: { filters: [{ member: 'zqPrivate', operator: 'equals', values: ['ZqConstant'] }] } },
    { group: 'broken', member_level: { includes: ['count', 'status'] }, row_level: { filters: [{ member: 'zqNumber', operator: 'gt', values: [securityContext.broken] }] } },
  ],
});
cube('Users', {
  sql: \`SELECT 1 AS id, 'a' AS name, 2 AS zq_city\`,
  joins: { Cities: { relationship: 'belongsTo', sql: \`\${CUBE}.zq_city = \${Cities}.id\` } },
  measures: { count: { type: 'count' }, orders: { type: 'sum', sql: \`\${Cities.size}\` } },
  dimensions: {
    name: { sql: 'name', type: 'string' },
    bought: { sql: \`\${Items.count}\`, type: 'number', sub_query: true },
  },
});
cube('Items', { sql: \`SELECT 1 AS id\`, measures: { count: { type: 'count' } }, dimensions: { id: { sql: 'id', type: 'number' } } });
cube('Cities', {
  sql: \`SELECT 1 AS id, 'a' AS name, 3 AS size\`,
  measures: { count: { type: 'count' } },
  dimensions: { id: { sql: 'id', type: 'number', primaryKey: true }, name: { sql: 'name', type: 'string' }, size: { sql: 'size', type: 'number' } },
});
const hidden = (more) => ({
  sql: \`SELECT 1 AS id, 2 AS zq_amount\`,
  public: false,
  measures: { count: { type: 'count' }, total: { type: 'sum', sql: 'zq_amount' } },
  dimensions: { id: { sql: 'id', type: 'number', primaryKey: true }, zqAmount: { sql: 'zq_amount', type: 'number' } },
  ...more,
});
cube('ZqPay', hidden({}));
cube('ZqMany', hidden({ joins: { Orders: { relationship: 'belongsTo', sql: \`\${CUBE}.id = \${Orders}.id\` } } }));
cube('ZqAlone', hidden({}));
cube('ZqKeyless', hidden({ dimensions: { zqAmount: { sql: 'zq_amount', type: 'number' } } }));
cube('ZqLeft', hidden({ joins: { Cities: { relationship: 'belongsTo', sql: \`\${CUBE}.id = \${Cities}.id\` } } }));
cube('ZqRight', {
  ...hidden({ joins: { Cities: { relationship: 'belongsTo', sql: \`\${CUBE}.id = \${Cities}.id\` } } }),
  public: true,
  access_policy: [{ group: 'ZqGroup' }],
});
cube('ZqDenied', { ...hidden({}), public: true, access_policy: [{ group: 'ZqGroup' }] });
cube('Guarded', {
  sql: \`SELECT 1 AS id WHERE \${SECURITY_CONTEXT.role.requiredFilter((value) => \`zq_role = \${value}\`)}\`,
  measures: { count: { type: 'count' } },
});
cube('Unsafe', { sql: \`SELECT 1 AS id WHERE \${SECURITY_CONTEXT.name.unsafeValue()}\`, measures: { count: { type: 'count' } } });
view('Sales', {
  cubes: [
    { join_path: Orders, includes: '*' },
    { join_path: Orders.ZqPay, includes: [{ name: 'count', alias: 'payments' }, { name: 'total', alias: 'zqTotalPaid' }] },
    { join_path: Orders.ZqRight, includes: [{ name: 'count', alias: 'zqRights' }] },
    { join_path: Orders.ZqLeft.Cities, includes: [{ name: 'name', alias: 'town' }] },
  ],
  folders: [
    { name: 'ZqOnly', includes: ['zqPolicy', 'zqRights'] },
    { name: 'Shown', includes: ['status', 'zqPolicy', { name: 'ZqInner', includes: ['zqPolicy'] }] },
  ],
  access_policy: [{ group: '*', member_level: { excludes: ['zqTotalPaid'] } }],
});
view('ZqView', { cubes: [{ join_path: Orders, includes: ['count'] }], public: false });
`,
  },
];
