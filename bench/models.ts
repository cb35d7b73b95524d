import type { Query } from '../src/index.ts';

/** Generated schema files: one cube of 33 members each, as users write them. */
export function generateFiles(count: number): { path: string; content: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    path: `Cube${index}.js`,
    content: cubeText(`Cube${index}`),
  }));
}

function cubeText(name: string): string {
  const dimensions = Array.from(
    { length: 18 },
    (_, index) =>
      `    dimension${index}: { type: \`${['string', 'number', 'time'][index % 3]}\`, sql: \`\${CUBE}.column_${index}\` },`,
  );
  const measures = Array.from(
    { length: 10 },
    (_, index) =>
      `    total${index}: { type: \`sum\`, sql: \`\${CUBE}.amount_${index}\`, title: \`Total ${index}\` },`,
  );
  const segments = [0, 1].map(
    (index) => `    segment${index}: { sql: \`\${CUBE}.flag_${index} = 1\` },`,
  );
  return `cube(\`${name}\`, {
  sql: \`SELECT * FROM public.${name.toLowerCase()} WHERE \${SECURITY_CONTEXT.tenant.filter('tenant_id')}\`,
  dimensions: {
    id: { type: \`number\`, sql: \`id\`, primaryKey: true },
${dimensions.join('\n')}
  },
  measures: {
    count: { type: \`count\` },
${measures.join('\n')}
    ratio: { type: \`number\`, sql: \`\${total0} / NULLIF(\${total1}, 0)\` },
  },
  segments: {
${segments.join('\n')}
  },
});
`;
}

/** Three cubes, joined one after the other, as users write them. */
export function joinedFiles(): { path: string; content: string }[] {
  return [
    { path: 'Orders.js', content: joinedText('Orders', 'Users') },
    { path: 'Users.js', content: joinedText('Users', 'Countries') },
    { path: 'Countries.js', content: joinedText('Countries', null) },
  ];
}

function joinedText(name: string, target: string | null): string {
  const joins =
    target === null
      ? ''
      : `\n  joins: {
    ${target}: { relationship: \`belongsTo\`, sql: \`\${CUBE}.${target.toLowerCase()}_id = \${${target}.id}\` },
  },`;
  return cubeText(name).replace('\n  dimensions:', `${joins}\n  dimensions:`);
}

/** A measure of orders by the users' countries, filtered on all three cubes. */
export function joinQuery(n: number) {
  return {
    measures: [`Orders.total${n % 10}`],
    dimensions: [`Countries.dimension${(n % 6) * 3}`],
    filters: [
      { member: 'Orders.dimension0', operator: 'equals', values: [`v${n}`] },
      { member: `Users.dimension${(n % 6) * 3}`, operator: 'notEquals', values: ['a', 'b'] },
      { member: 'Countries.dimension3', operator: 'contains', values: ['x'] },
    ],
    limit: 100,
  };
}

/** Queries over one cube; `n` varies what is asked, so that none has been seen before. */
export function query(cube: string, n: number): Query {
  return {
    measures: [`${cube}.total${n % 10}`],
    dimensions: [`${cube}.dimension${(n % 6) * 3}`],
    filters: [{ member: `${cube}.dimension${(n % 6) * 3}`, operator: 'equals', values: [`v${n}`] }],
    limit: 100,
  };
}

export function oneMeasure(cube: string, n: number) {
  return { measures: [`${cube}.total${n % 10}`], limit: 1 + n };
}
