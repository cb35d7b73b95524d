import { expect, test } from 'vitest';
import { compileSchema } from '../../../src/index.ts';

test.for(['authInfo', 'securityContext'])(
  'without a compile context, COMPILE_CONTEXT.%s can be taken apart',
  async (name) => {
    const content = `
      const { ${name}: { prefix } } = COMPILE_CONTEXT;
      cube('t', { sql_table: prefix ? prefix + '_t' : 't', measures: { c: { type: 'count' } } });`;
    const files = [{ path: 't.js', content }];
    await using without = await compileSchema({ files });
    expect((await without.generateSql({ measures: ['t.c'] })).sql).toContain('FROM t AS "t"');
    await using given = await compileSchema(
      { files },
      { compileContext: { [name]: { prefix: 'acme' } } },
    );
    expect((await given.generateSql({ measures: ['t.c'] })).sql).toContain('FROM acme_t AS "t"');
  },
);
