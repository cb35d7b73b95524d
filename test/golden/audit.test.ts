import path from 'node:path';
import { expect, test } from 'vitest';
import { compileSchema, loadArtifact } from '../../src/index.ts';
import { expectGolden, loadCases } from '../support/cases.ts';

test.for(['policies/rows', 'policies/masks'])('what audit() says of %s', async (name) => {
  const found = loadCases().find((item) => item.name === name)!;
  await using schema = await compileSchema(found.schema);
  const { cubes, uses, policies } = schema.audit();
  const lines = [
    ...cubes.map((cube) => `cube ${cube.name}${cube.protected ? ' with a row filter' : ''}`),
    ...uses.map((use) => `${use.kind} ${use.claim} in the ${use.property} of ${use.member}`),
    ...policies.flatMap((policy) => [
      `policy of the ${policy.kind} ${policy.owner} (${policy.file}) for ${policy.groups.join(', ')}`,
      `  if ${policy.conditions.join(' and ') || 'always'}`,
      `  shows ${policy.shown.join(', ') || 'nothing'}`,
      `  masks ${policy.masked.join(', ') || 'nothing'}`,
      `  on ${policy.rows} rows`,
      ...policy.filters.map(
        ({ member, operator, claims }) => `    ${member} ${operator} ${claims.join(', ')}`,
      ),
    ]),
  ];
  expectGolden(path.join(found.directory, 'audit.txt'), `${lines.join('\n')}\n`);
  const bytes = schema.toArtifact({});
  await using loaded = await loadArtifact(bytes, { trust: true });
  expect(loaded.audit().policies).toEqual(policies);
});
