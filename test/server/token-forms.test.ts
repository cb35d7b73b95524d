import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { load, sign, start } from './support.ts';

const count = load({ measures: ['Orders.count'] });
const now = () => Math.floor(Date.now() / 1000);

test('a token in another spelling than its own is refused', async () => {
  const running = await start();
  const token = await sign({ id: 42 });
  const [head, body, signature] = token.split('.') as [string, string, string];
  const spare = signature.slice(0, -1) + String.fromCharCode(signature.at(-1)!.charCodeAt(0) + 1);
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body, 'base64url')]);
  const own = [token, `Bearer ${token}`, `bearer  ${token}`];
  const other = [
    `${token}=`,
    `${head}.${body}.${signature}==`,
    `${head}=.${body}.${signature}`,
    `${head}.${body} .${signature}`,
    `${head}.${body}.${spare}`,
    `${head}.${body}.${signature}.`,
    `${head}.${marked.toString('base64url')}.${signature}`,
    `Bearer ${token}=`,
    `${head}.${body}.+${signature.slice(1)}`,
    `\u00a0${token}`,
  ];
  for (const item of own) expect((await running.get(count, item)).status).toBe(200);
  for (const item of other)
    expect([item, (await running.get(count, item)).status]).toEqual([item, 403]);
  // Neither does what is remembered let another spelling in.
  expect((await running.get(count, token)).status).toBe(200);
  await running.server.close();
});

test('clocks may differ by five seconds, or as much as is said', async () => {
  for (const [clockTolerance, accepted] of [
    [undefined, [true, false, true, false]],
    [0, [false, false, false, false]],
    [120, [true, true, true, true]],
  ] as const) {
    const running = await start({ jwt: clockTolerance === undefined ? {} : { clockTolerance } });
    const tokens = [
      await sign({ id: 42 }, undefined, now() - 2),
      await sign({ id: 42 }, undefined, now() - 60),
      await sign({ id: 42, nbf: now() + 3 }),
      await sign({ id: 42, nbf: now() + 60 }),
    ];
    for (const [index, token] of tokens.entries()) {
      const { status } = await running.get(count, token);
      expect([clockTolerance, index, status]).toEqual([
        clockTolerance,
        index,
        accepted[index] ? 200 : 403,
      ]);
    }
    await running.server.close();
  }
});

test('claims are read where the namespace says, and nowhere else', async () => {
  const running = await start({ jwt: { claimsNamespace: 'https://x/claims' } });
  const rows = async (claims: object) => (await running.get(count, await sign(claims))).body;
  expect((await rows({ id: 7, 'https://x/claims': { id: 42 } })).data).toEqual([
    { 'Orders.count': '2' },
  ]);
  expect((await rows({ 'https://x/claims': { u: { id: 7 } } })).data).toEqual([
    { 'Orders.count': '1' },
  ]);
  for (const wrong of [
    { id: 42 },
    { 'https://x/claims': null },
    { 'https://x/claims': '{"id":42}' },
  ])
    expect((await rows(wrong)).error).toContain('https://x/claims');
  await running.server.close();
});

test('the subject, a list of issuers and a public key are checked', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const running = await start({ jwt: { key, issuer: ['a', 'b'], subject: 'me' } });
  const token = (iss: string, sub: string) =>
    new SignJWT({ id: 42, iss, sub }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  expect((await running.get(count, await token('b', 'me'))).status).toBe(200);
  expect((await running.get(count, await token('c', 'me'))).status).toBe(403);
  expect((await running.get(count, await token('a', 'you'))).status).toBe(403);
  expect((await running.get(count, await sign({ id: 42, iss: 'a', sub: 'me' }))).status).toBe(403);
  // The public key is no shared secret.
  expect((await running.get(count, await sign({ id: 42, iss: 'a', sub: 'me' }, key))).status).toBe(
    403,
  );
  await running.server.close();
});
