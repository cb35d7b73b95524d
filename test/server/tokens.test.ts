import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TokenVerifier } from '../../src/server/auth/token-verifier.ts';
import { securityContextOf } from '../../src/server/auth/security-context.ts';
import { createServer } from '../../src/server/index.ts';
import { capturingLog, load, sign, start, type Running } from './support.ts';

const count = { measures: ['Orders.count'] };

test('a token of any of several secrets is accepted while they are rotated', async () => {
  const [older, newer] = [
    'the older secret, thirty-two letters',
    'the newer secret, thirty-two letters',
  ];
  const running = await start({ apiSecret: [newer, older] });
  for (const key of [older, newer]) {
    expect((await running.get(load(count), await sign({ u: { id: 7 } }, key))).status).toBe(200);
  }
  expect(
    (await running.get(load(count), await sign({}, 'neither of them, also thirty-two'))).status,
  ).toBe(403);
  await running.server.close();
});

describe('public keys by URL', () => {
  let keys: http.Server;
  let jwkUrl: string;
  let published: object[] = [];
  const pairs: { kid: string; privateKey: CryptoKey; jwk: object }[] = [];
  beforeAll(async () => {
    for (const kid of ['first', 'second']) {
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      pairs.push({ kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } });
    }
    keys = http.createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published }));
    });
    keys.listen(0);
    await once(keys, 'listening');
    jwkUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => keys.close());

  const token = (index: number, claims: object, issuer = 'issuer') =>
    new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256', kid: pairs[index]!.kid })
      .setIssuer(issuer)
      .setAudience('cubewright')
      .setExpirationTime('1h')
      .sign(pairs[index]!.privateKey);

  test('verify tokens, and nothing else does', async () => {
    published = [pairs[0]!.jwk];
    const running: Running = await start({
      apiSecret: [],
      jwt: { jwkUrl, audience: 'cubewright', issuer: 'issuer' },
    });
    expect((await running.get(load(count), await token(0, { u: { id: 42 } }))).body.data).toEqual([
      { 'Orders.count': '2' },
    ]);
    expect((await running.get(load(count), await token(1, {}))).status).toBe(403);
    expect((await running.get(load(count), await token(0, {}, 'another'))).status).toBe(403);
    // A public key must not serve as a shared secret.
    expect(
      (await running.get(load(count), await sign({}, JSON.stringify(pairs[0]!.jwk)))).status,
    ).toBe(403);
    await running.server.close();
  });

  test('are fetched again when a token names a key that is not among them', async () => {
    published = [pairs[0]!.jwk];
    const running = await start({
      apiSecret: [],
      jwt: { jwkUrl, audience: 'cubewright', issuer: 'issuer', keysCooldownMs: 200 },
    });
    const status = async (index: number) =>
      (await running.get(load(count), await token(index, {}))).status;
    expect([await status(0), await status(1)]).toEqual([200, 403]);
    published = [pairs[1]!.jwk];
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The new key is known, and the one that was withdrawn is not any more.
    expect([await status(1), await status(0)]).toEqual([200, 403]);
    await running.server.close();
  });

  test('come over https, with an audience and an issuer', async () => {
    await expect(start({ jwt: { jwkUrl: 'http://example.com/keys' } })).rejects.toThrow(
      /https[\s\S]*audience/,
    );
  });
});

describe('claims of time, audience and issuer', () => {
  const key = new TextEncoder().encode('a secret that is long enough for everyone');
  const now = Math.floor(Date.now() / 1000);
  const make = (claims: object, alg = 'HS256') =>
    new SignJWT({ exp: now + 600, ...claims }).setProtectedHeader({ alg }).sign(key);

  test.for([
    ['aud and iss as they must be', { aud: 'cubewright', iss: 'us' }, 'HS256', 200],
    ['another audience', { aud: 'others', iss: 'us' }, 'HS256', 403],
    ['no audience', { iss: 'us' }, 'HS256', 403],
    ['another issuer', { aud: 'cubewright', iss: 'them' }, 'HS256', 403],
    ['not valid yet', { aud: 'cubewright', iss: 'us', nbf: now + 600 }, 'HS256', 403],
    ['an algorithm that is not on the list', { aud: 'cubewright', iss: 'us' }, 'HS512', 403],
  ] as const)('%s', async ([, claims, alg, expected]) => {
    const running = await start({ jwt: { audience: 'cubewright', issuer: 'us' } });
    const { status, body } = await running.get(load(count), await make(claims, alg));
    expect(status).toBe(expected);
    if (expected === 403) expect(body.error).toBe('Invalid token');
    await running.server.close();
  });
});

describe('what is allowed and not advised', () => {
  test('a token that never expires is warned of once', async () => {
    const { lines, logger } = capturingLog();
    const running = await start({ logger });
    const endless = new SignJWT({ u: { id: 42 } })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('a secret that is long enough for everyone'));
    for (let index = 0; index < 3; index++)
      expect((await running.get(load(count), await endless)).status).toBe(200);
    expect(lines.filter((line) => line.includes('CUBEJS_JWT_REQUIRE_EXPIRY'))).toHaveLength(1);
    await running.server.close();
    const strict = await start({ jwt: { requireExpiry: true } });
    expect((await strict.get(load(count), await endless)).status).toBe(403);
    await strict.server.close();
  });

  test('a short secret is warned of at start, and refused when that is asked for', () => {
    const { lines, logger } = capturingLog();
    createServer({ apiSecret: 'ä'.repeat(15), logger });
    expect(lines.join('')).toContain('shorter than 32 bytes');
    createServer({ apiSecret: 'ä'.repeat(16), logger });
    expect(lines.filter((line) => line.includes('32 bytes'))).toHaveLength(1);
    expect(() =>
      createServer({ apiSecret: 'short', jwt: { requireLongSecret: true }, logger }),
    ).toThrow('shorter than 32 bytes');
  });

  test('the environment says all of it too', () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      CUBEJS_API_SECRET: 'short',
      CUBEJS_JWK_URL: 'http://example.com/keys',
      CUBEJS_JWT_ALGS: 'RS256,none',
      CUBEJS_JWT_REQUIRE_EXPIRY: 'yes',
      CUBEJS_JWT_REQUIRE_LONG_SECRET: 'true',
      CUBEJS_DB_TYPE: 'postgress',
      CUBEJS_ENABLE_TLS: '1',
      TLS_PORT: 'x',
    });
    try {
      expect(() => createServer()).toThrow(
        /CUBEJS_ENABLE_TLS[\s\S]*CUBEJS_JWT_REQUIRE_EXPIRY[\s\S]*32 bytes[\s\S]*https[\s\S]*audience[\s\S]*algorithms[\s\S]*did you mean 'postgres'[\s\S]*TLS_PORT/,
      );
    } finally {
      process.env = before;
    }
  });
});

describe('a verified token', () => {
  const secret = new TextEncoder().encode('a secret of thirty-two characters');
  const settings = {
    secrets: [secret],
    keySet: null,
    algorithms: ['HS256'],
    audience: null,
    issuer: null,
    subject: null,
    claimsNamespace: null,
    clockTolerance: 5,
    requireExpiry: false,
  };
  const make = (claims: object) =>
    new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);

  test('is refused once it has expired, although it is remembered', async () => {
    const verifier = new TokenVerifier(settings);
    const now = Date.now();
    const token = await make({ exp: Math.floor(now / 1000) + 10 });
    await verifier.verify(token, now);
    await expect(verifier.verify(token, now + 16_000)).rejects.toThrow('Invalid token');
    await expect(verifier.verify(token, now)).resolves.toBeDefined();
  });

  test('gives claims that no request can change', async () => {
    const claims = await new TokenVerifier(settings).verify(await make({ u: { roles: ['a'] } }));
    expect(() => {
      (claims['u'] as { roles: string[] }).roles.push('admin');
    }).toThrow(TypeError);
  });

  test('that never expires can be refused', async () => {
    const strict = new TokenVerifier({ ...settings, requireExpiry: true });
    await expect(strict.verify(await make({}))).rejects.toThrow('Invalid token');
  });

  test('adds no inherited claim', () => {
    const claims = JSON.parse('{"u": {"__proto__": {"id": 1}}, "a": 1}') as Record<string, unknown>;
    const context = securityContextOf(claims) as { id?: unknown };
    expect(context.id).toBeUndefined();
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
  });
});
