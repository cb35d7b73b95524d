import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';
import { naiveQueries, toQuery } from './shop-queries.ts';

const shop = path.resolve(import.meta.dirname, '../../fixtures/models/shop/Orders.js');

/** The shop's source, which the query's own filters reach in every form. */
const pushed = `
  \${FILTER_GROUP(
    FILTER_PARAMS.Orders.status.filter('status'),
    FILTER_PARAMS.Orders.amount.filter('amount'),
    FILTER_PARAMS.Orders.paid.filter('paid'),
    FILTER_PARAMS.Orders.note.filter((...notes) => \`note IN (\${notes.join(', ')})\`),
  )}
  AND NOT (NOT \${FILTER_PARAMS.Orders.note.filter((note) => \`note = \${note} OR note = \${note}\`)})
  AND \${FILTER_PARAMS.Orders.userId.filter((first, ...others) => \`user_id = \${first} OR user_id IN (\${others.join(',')})\`)}
  AND \${FILTER_PARAMS.Orders.status.filter((...all) => all.map((one) => \`status = \${one}\`).join(' OR '))}
  AND \${FILTER_PARAMS.Orders.id.filter('id')}`;

describe('what is pushed into a source never changes the rows', () => {
  let plain: Schema;
  let pushing: Schema;
  let engines: Engine[];
  beforeAll(async () => {
    const content = readFileSync(shop, 'utf8');
    const changed = content.replace('WHERE ${', `WHERE ${pushed} AND \${`);
    expect(changed).toContain('FILTER_GROUP');
    [plain, pushing] = (await Promise.all(
      [content, changed].map((text) =>
        compileSchema({ files: [{ path: 'Orders.js', content: text }] }),
      ),
    )) as [Schema, Schema];
    engines = [await openDuckDb(), await openSqlite()];
  });
  afterAll(() =>
    Promise.all([plain.close(), pushing.close(), ...engines.map((engine) => engine.close())]),
  );

  test('any query, on DuckDB and sqlite', async () => {
    let bound = 0;
    await fc.assert(
      fc.asyncProperty(naiveQueries, async (query) => {
        for (const engine of engines) {
          const options = { securityContext: {}, dialect: engine.dialect };
          const [expected, actual] = await Promise.all(
            [plain, pushing].map((schema) => schema.generateSql(toQuery(query), options)),
          );
          bound += actual!.params.length - expected!.params.length;
          const rows = await engine.query(actual!.sql, actual!.params);
          const wanted = await engine.query(expected!.sql, expected!.params);
          expect(sorted(rows), actual!.sql).toEqual(sorted(wanted));
        }
      }),
      { numRuns: 300 },
    );
    // Filters did reach the source.
    expect(bound).toBeGreaterThan(300);
  });
});

function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => row.map(String).join(' | ')).sort();
}
