import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, SecurityContextError, type Schema } from '../../src/index.ts';

const content = `
const seen = [];
const kept = {};
let last;

cube('Kept', {
  sql: \`SELECT '\${(seen.push(SECURITY_CONTEXT.id.unsafeValue()), seen.join(' '))}' AS id\`,
  measures: { count: { type: 'count' } },
});

cube('Cached', {
  sql: \`SELECT '\${(kept.id ??= SECURITY_CONTEXT.id.unsafeValue().trim())}' AS id\`,
  measures: { count: { type: 'count' } },
});

cube('Loop', {
  sql: \`SELECT \${(() => { while (SECURITY_CONTEXT.id.unsafeValue().length > 0); return 1; })()}\`,
  measures: { count: { type: 'count' } },
});

cube('Names', {
  sql: \`SELECT '\${Object.entries(SECURITY_CONTEXT).map(([name, claim]) => name + claim.unsafeValue()).join('')}' AS id\`,
  measures: { count: { type: 'count' } },
});

cube('Needy', {
  sql: (() => { for (let n = 0; ; n++) SECURITY_CONTEXT['c' + n].unsafeValue().length; })(),
  measures: { count: { type: 'count' } },
});

cube('Second', {
  sql: \`SELECT \${SECURITY_CONTEXT.id.filter((id) => \`\${SECURITY_CONTEXT.id.unsafeValue().length} = \${id}\`)}\`,
  measures: { count: { type: 'count' } },
});
`;

describe('values that are evaluated for each user', () => {
  let schema: Schema;
  beforeAll(async () => {
    const files = [{ path: 'Claims.js', content }];
    schema = await compileSchema({ files }, { sandbox: { timeoutMs: 4000 } });
  });
  afterAll(() => schema.close());

  const sqlOf = async (cube: string, securityContext: object): Promise<string> => {
    const { sql } = await schema.generateSql({ measures: [`${cube}.count`] }, { securityContext });
    return sql;
  };

  test('nothing that code keeps reaches another user, whoever comes first', async () => {
    for (const cube of ['Kept', 'Cached', 'Names']) {
      const ids = ['first', 'second', 'first'];
      const texts = await Promise.all(ids.map((id) => sqlOf(cube, { id })));
      for (const [index, text] of texts.entries()) {
        expect(text).toContain(ids[index]);
        expect(text).not.toContain(ids[index] === 'first' ? 'second' : 'first');
      }
    }
  });

  test('one user costs no other one anything', async () => {
    const endless = sqlOf('Loop', { id: 'x' });
    const failure = endless.catch((error: unknown) => error);
    expect(await sqlOf('Cached', { id: 'third' })).toContain('third');
    const error = await failure;
    expect(error).toBeInstanceOf(SecurityContextError);
    expect((error as Error).message).toContain('sandbox/timeout');
  }, 20_000);

  test('an error tells no claim', async () => {
    const failure = await sqlOf('Cached', { id: 7_777 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SecurityContextError);
    expect(String(failure)).not.toContain('7777');
  });

  test('code that asks for claims without an end is stopped', async () => {
    const context = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`c${n}`, 'x']));
    await expect(sqlOf('Needy', context)).rejects.toThrow(/more claims than can be sent|sandbox/);
  }, 60_000);

  test('a claim that is bound stays bound', async () => {
    const { sql, params } = await schema.generateSql(
      { measures: ['Second.count'] },
      { securityContext: { id: "a' OR '1'='1" } },
    );
    expect(sql).toContain('12 = $1');
    expect(params).toEqual(["a' OR '1'='1"]);
  });

  test('getters and proxies of the caller are never run', async () => {
    const context = {
      get id(): string {
        throw new Error('run');
      },
    };
    await expect(sqlOf('Names', context)).rejects.toMatchObject({ code: 'context/bad-claim' });
  });

  test('waiting ends with the signal of the caller, and for all when the schema is closed', async () => {
    const signal = AbortSignal.timeout(20);
    const options = { securityContext: { id: 'y' }, signal };
    const query = { measures: ['Loop.count'] };
    await expect(schema.generateSql(query, options)).rejects.toThrow(/aborted|timeout/i);
    const other = await compileSchema({ files: [{ path: 'Claims.js', content }] });
    const waiting = other.generateSql(query, { securityContext: { id: 'z' } });
    const failure = waiting.catch((error: unknown) => error);
    await other.close();
    expect(String(await failure)).toContain('closed');
  }, 20_000);
});
