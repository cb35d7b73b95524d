import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TokenVerifier } from '../../src/server/auth/token-verifier.ts';
import { securityContextOf } from '../../src/server/auth/security-context.ts';
import { load, sign, start, type Running } from './support.ts';

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

  test('come over https, with an audience and an issuer', async () => {
    await expect(start({ jwt: { jwkUrl: 'http://example.com/keys' } })).rejects.toThrow(
      /https[\s\S]*audience/,
    );
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
    await expect(verifier.verify(token, now + 11_000)).rejects.toThrow('Invalid token');
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
