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
const facts = { settings, reads: [], warnings: [], errors: [], quarantined: [], dynamic: [] };
const decoding = {
  key: null,
  members: 200_000,
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

  test('is refused when it has values that schema code computes for each user', async () => {
    const text =
      "cube('D', { sql: `SELECT ${SECURITY_CONTEXT.id.unsafeValue().length}`, measures: { n: { type: 'count' } } });";
    await using dynamic = await compileSchema(
      { files: [{ path: 'd.js', content: text }] },
      { sandbox: { timeoutMs: 60_000 } },
    );
    expect(await refusal(dynamic.toArtifact({ key }))).toBe('artifact/dynamic');
  });
});
