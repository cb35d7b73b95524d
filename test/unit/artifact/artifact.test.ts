import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeArtifact } from '../../../src/artifact/encode-artifact.ts';
import { decodeArtifact } from '../../../src/artifact/decode-artifact.ts';
import {
  ArtifactError,
  CompileError,
  compileSchema,
  loadArtifact,
  OptionError,
} from '../../../src/index.ts';
import type { Schema } from '../../../src/index.ts';
import type { Model } from '../../../src/model/model.ts';
import { compileModel } from '../../../src/pipeline/compile-model.ts';
import { checkCompileOptions } from '../../../src/pipeline/options.ts';
import { readSource } from '../../../src/pipeline/read-source.ts';
import { createRunnerPool } from '../../../src/sandbox/runner-pool.ts';
import { dialects } from '../../../src/sql/dialects/registry.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures');
const key = 'a key of more than thirty-two bytes';
const pool = createRunnerPool();
afterAll(() => pool.close());

const libraries = { included: [], packages: [], diagnostics: [] };

/** null for fixtures that no compile takes, whatever is quarantined. */
async function modelOf(folder: string): Promise<Model | null> {
  const options = checkCompileOptions({ sandbox: { timeoutMs: 60_000 }, onError: 'quarantine' });
  const { files } = await readSource(folder, options.limits);
  try {
    const compiled = await compileModel(files, { options, libraries, pool, now: 0 }, null);
    return { ...compiled.model, quarantined: new Map() };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (error.diagnostics.some(({ code }) => code.startsWith('sandbox/'))) throw error;
    return null;
  }
}

const settings = {
  dialect: 'postgres',
  missingContext: 'allow',
  barrier: false,
  joinTies: 'error',
  allowUngroupedWithoutPrimaryKey: false,
  now: null,
} as const;
const facts = {
  settings,
  reads: [],
  warnings: [],
  errors: [],
  quarantined: [],
  dynamic: [],
  evaluation: null,
};
const decoding = {
  key: null,
  members: 200_000,
  refusesDynamic: true,
  lexicalOf: (name: string) => dialects.get(name as 'postgres')!.lexical,
};

/** Every folder of schema files among the fixtures. */
const folders = ['models', 'features', 'twins']
  .map((name) => path.join(fixtures, name))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? [path.join(folder, entry.name)] : []))
      .concat(readdirSync(folder).some((name) => name.endsWith('.js')) ? [folder] : []),
  );

test.for(folders)('the model of %s is the same after encoding and decoding', async (folder) => {
  const model = await modelOf(folder);
  if (model === null) return;
  const bytes = encodeArtifact(model, facts, null);
  expect(encodeArtifact(model, facts, null)).toEqual(bytes);
  const { model: decoded } = decodeArtifact(Buffer.from(bytes), decoding);
  expect({
    cubes: new Map(decoded.cubes),
    views: new Map(decoded.views),
    contexts: decoded.contexts,
    restricted: decoded.restricted,
    quarantined: decoded.quarantined,
  }).toEqual(model);
});

describe('an artifact', () => {
  const content = `cube('Orders', { sql: \`SELECT * FROM orders WHERE \${SECURITY_CONTEXT.id.filter('user_id')}\`,
    measures: { count: { type: 'count' }, double: { type: 'number', sql: \`\${count} * 2\` } } });
    cube('Users', { sql: 'SELECT * FROM users', measures: { count: { type: 'count' } }, meta: { a: [1, { b: null }] } });`;
  let schema: Schema;
  let signed: Uint8Array;
  let open: Uint8Array;
  beforeAll(async () => {
    schema = await compileSchema(
      { files: [{ path: 'a.js', content }] },
      { dialect: 'duckdb', missingContext: 'deny', sandbox: { timeoutMs: 60_000 } },
    );
    signed = schema.toArtifact({ key });
    open = schema.toArtifact();
  });
  afterAll(() => schema.close());

  const refusal = async (bytes: Uint8Array, options: object = { key }) => {
    const error = await loadArtifact(bytes, options as { trust: true }).catch(
      (caught: unknown) => caught,
    );
    if (!(error instanceof ArtifactError)) throw new Error('it was not refused', { cause: error });
    return error.code;
  };

  test('serves what its schema serves', async () => {
    for (const loaded of [
      await loadArtifact(signed, { key }),
      await loadArtifact(signed, { key: new TextEncoder().encode(key) }),
      await loadArtifact(open, { trust: true }),
    ]) {
      const query = { measures: ['Orders.double'] };
      for (const securityContext of [{ id: 1 }, {}]) {
        const expected = await schema.generateSql(query, { securityContext });
        const found = await loaded.generateSql(query, { securityContext });
        expect([found.sql, found.params]).toEqual([expected.sql, expected.params]);
      }
      expect(loaded.meta()).toEqual(schema.meta());
      expect({ ...loaded.audit(), sandbox: [] }).toEqual({ ...schema.audit(), sandbox: [] });
      expect(loaded.toArtifact({ key })).toEqual(signed);
      await expect(loaded.update([])).rejects.toThrow(ArtifactError);
      await loaded.close();
    }
  });

  test('is refused with another key, without one, or unsigned', async () => {
    expect(await refusal(signed, { key: `${key}.` })).toBe('artifact/wrong-key');
    expect(await refusal(open)).toBe('artifact/not-signed');
    for (const options of [{}, { key: 'short' }, { trust: false }, { trust: true, key }, null]) {
      await expect(loadArtifact(open, options as { trust: true })).rejects.toThrow(OptionError);
    }
    await expect(loadArtifact('text' as never, { trust: true })).rejects.toThrow(OptionError);
    expect(() => schema.toArtifact({ key: 'short' })).toThrow(OptionError);
  });

  test('is refused whichever bit has changed', async () => {
    for (const [bytes, options] of [
      [signed, { key }],
      [open, { trust: true }],
    ] as const) {
      for (let bit = 0; bit < bytes.length * 8; bit += bit < 1_000 ? 1 : 37) {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        await refusal(changed, options);
      }
    }
  });

  test('is refused when it is cut off anywhere, goes on after its end, or is something else', async () => {
    for (let length = 0; length < open.length; length += 7) {
      await refusal(open.slice(0, length), { trust: true });
      await refusal(signed.slice(0, length));
    }
    await refusal(Buffer.concat([signed, Buffer.from([0])]));
    await refusal(Buffer.concat([open, Buffer.from('[]')]), { trust: true });
    expect(await refusal(Buffer.from('{"cubes":[]}'.repeat(20)), { trust: true })).toBe(
      'artifact/not-an-artifact',
    );
    const other = signed.slice();
    other[12]! ^= 1;
    expect(await refusal(other)).toBe('artifact/other-version');
  });
});

describe('an artifact with values that schema code computes for each user', () => {
  const files = [
    {
      path: 'Dynamic.js',
      content: `import { list } from './helper';
        import { suffix } from 'texts';
        const { region } = COMPILE_CONTEXT;
        cube('Dynamic', {
          extends: Base,
          sql: \`SELECT * FROM \${region}.t WHERE id IN (\${list(SECURITY_CONTEXT.ids.unsafeValue())}) \${suffix(Date.now())}\`,
          dimensions: { own: { type: 'string', sql: \`\${CUBE}.\${SECURITY_CONTEXT.column.unsafeValue().trim()}\` } },
        });`,
    },
    { path: 'helper.js', content: 'export const list = (ids) => ids.map((id) => id * 2).join();' },
    {
      path: 'Base.js',
      content:
        "cube('Base', { sql: 'SELECT 1', measures: { n: { type: 'count' } }, dimensions: { id: { type: 'number', sql: `id` } } });",
    },
    { path: 'Unused.js', content: "cube('Unused', { sql: 'SELECT 42 AS nothing_of_this' });" },
  ];
  const sandbox = {
    timeoutMs: 60_000,
    modules: { texts: { source: 'export const suffix = (at) => `AND at < ${at}`;' } },
  };
  const query = { measures: ['Dynamic.n'], dimensions: ['Dynamic.own', 'Dynamic.id'] };
  const users = [
    { ids: [1, 2], column: ' a ' },
    { ids: [3], column: 'b' },
    { ids: [1, 2], column: 'b' },
  ];
  const options = { key, dynamic: 'evaluate', sandbox: { timeoutMs: 60_000 } } as const;
  let schema: Schema;
  beforeAll(async () => {
    schema = await compileSchema({ files }, { sandbox, compileContext: { region: 'eu', more: 1 } });
  });
  afterAll(() => schema.close());

  const ask = (asked: Schema) =>
    Promise.all(
      users.map(async (securityContext) => {
        const { sql, params } = await asked.generateSql(query, { securityContext });
        return { sql, params };
      }),
    );

  test('is refused, unless its code is to be evaluated', async () => {
    await expect(loadArtifact(schema.toArtifact({ key }), { key })).rejects.toMatchObject({
      code: 'artifact/dynamic',
      message: expect.stringContaining("dynamic: 'evaluate'") as string,
    });
    await expect(
      loadArtifact(schema.toArtifact(), { trust: true, dynamic: 'refuse' }),
    ).rejects.toMatchObject({ code: 'artifact/dynamic' });
    await expect(
      loadArtifact(schema.toArtifact({ key }), { key, dynamic: 'sometimes' as 'refuse' }),
    ).rejects.toThrow("options.dynamic must be 'refuse' or 'evaluate'");
  });

  test('serves each user what its schema serves, and is written as it was', async () => {
    const expected = await ask(schema);
    expect(expected[0]!.sql).toContain('FROM eu.t WHERE id IN (2,4)');
    const { ...trusting } = { trust: true, dynamic: 'evaluate', sandbox: options.sandbox } as const;
    for (const loaded of [
      await loadArtifact(schema.toArtifact({ key }), options),
      await loadArtifact(schema.toArtifact(), trusting),
    ]) {
      const answers = await ask(loaded);
      expect(answers).toEqual(expected);
      for (const [index, { ids }] of users.entries()) {
        expect(answers[index]!.sql).toContain(`IN (${ids.map((id) => id * 2).join()})`);
      }
      expect(loaded.toArtifact({ key })).toEqual(schema.toArtifact({ key }));
      expect(loaded.audit().compileContext).toEqual(['COMPILE_CONTEXT.region']);
      await loaded.close();
    }
  });

  test('holds the files that the values need, and no others', () => {
    const text = Buffer.from(schema.toArtifact()).toString('latin1');
    expect(text).toContain('export const list');
    expect(text).not.toContain("cube('Unused'");
  });

  test('is refused when its code has been changed', async () => {
    const bytes = Buffer.from(schema.toArtifact({ key }));
    const at = bytes.indexOf('id * 2');
    bytes[at + 5] = '3'.charCodeAt(0);
    await expect(loadArtifact(bytes, options)).rejects.toMatchObject({ code: 'artifact/damaged' });
  });

  test('ends what it evaluates when it is closed', async () => {
    const loop = {
      path: 'Loop.js',
      content:
        "cube('Loop', { sql: `SELECT ${(() => { while (SECURITY_CONTEXT.id.unsafeValue().length > 0); })()}`, measures: { n: { type: 'count' } } });",
    };
    await using looping = await compileSchema({ files: [loop] }, { sandbox });
    const loaded = await loadArtifact(looping.toArtifact({ key }), options);
    const asking = loaded.generateSql(
      { measures: ['Loop.n'] },
      { securityContext: { id: 'forever' } },
    );
    setTimeout(() => void loaded.close(), 300);
    const started = performance.now();
    await expect(asking).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
