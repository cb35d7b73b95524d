import { existsSync } from 'node:fs';
import { SignJWT } from 'jose';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import type { Driver } from '../../src/drivers/index.ts';
import { createServer, type CubewrightServer } from '../../src/server/index.ts';
import { duckDbOrders, engines, type OrdersDatabase } from './databases.ts';
import { startHostApplication, type HostApplication } from './host-application.ts';

const secret = 'a secret that is long enough for everyone';
const schema = `cube('Orders', {
  sql: \`SELECT * FROM public.orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,
  measures: { revenue: { type: 'sum', sql: 'amount' } },
  dimensions: { customer: { type: 'string', sql: 'customer' } },
});`;
const users: Readonly<Record<string, { key?: string; expires?: string; u: unknown }>> = {
  ann: { u: { id: 42 } },
  bob: { u: { id: 7 } },
  mallory: { u: { id: 42 }, key: 'a secret that is not that of the server' },
  late: { u: { id: 42 }, expires: '-1 minute' },
};

function signToken(name: string): Promise<string> {
  const { u, key = secret, expires = '1 day' } = users[name]!;
  return new SignJWT({ u })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(key));
}

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
let browser: Browser;
beforeAll(async () => {
  if (!existsSync(executablePath)) {
    throw new Error(
      `missing browser: Chromium is not at ${executablePath}: install it, or set CHROMIUM`,
    );
  }
  browser = await chromium.launch({ executablePath, args: ['--disable-quic'] });
});
afterAll(() => browser.close());

interface Site {
  readonly host: HostApplication;
  readonly server: CubewrightServer;
}

async function startSite(driver: Driver, continueWaitMs = 5_000): Promise<Site> {
  const server = createServer({
    apiSecret: secret,
    logger: pino({ level: 'silent' }),
    driverFactory: () => driver,
    repositoryFactory: () => ({
      dataSchemaFiles: async () => [{ fileName: 'Orders.js', content: schema }],
    }),
    limits: { continueWaitMs },
  });
  return { server, host: await startHostApplication(server, signToken) };
}

async function closeSite({ host, server }: Site): Promise<void> {
  await host.close();
  await server.close();
}

/** Signs in by the form, in a browser profile of its own; the page then loads its chart. */
async function signIn(url: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(`Signed in as ${name}`).waitFor();
  return page;
}

const stateIs = (page: Page, text: string) =>
  page
    .getByRole('status')
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor();
const bars = (page: Page) => page.locator('#chart rect title').allTextContents();

describe.for(engines)('a page with a chart, on %s', ([, createDatabase]) => {
  let database: OrdersDatabase;
  let site: Site;
  beforeAll(async () => {
    database = await createDatabase();
    site = await startSite(database.openDriver());
  });
  afterAll(async () => {
    await closeSite(site);
    await database.drop();
  });

  test.for([
    ['ann', ['Acme: 100.5', 'Bolt: 40'], /Crane|Drill/],
    ['bob', ['Crane: 60'], /Acme|Bolt|Drill/],
  ] as const)("shows %s's rows, and brings no other's", async ([name, expected, others]) => {
    const page = await signIn(site.host.url, name);
    await stateIs(page, 'loaded');
    const answered = page.waitForResponse((response) => response.url().includes('/v1/load'));
    await page.getByRole('button', { name: 'Load' }).click();
    const received = await (await answered).text();
    await stateIs(page, 'loaded');
    expect(await bars(page)).toEqual(expected);
    expect(await page.content()).not.toMatch(others);
    expect(received).toContain(expected[0].split(':')[0]!);
    expect(received).not.toMatch(others);
  });

  test.for(['mallory', 'late'])(
    'shows that the token of %s is refused, and no rows',
    async (name) => {
      const page = await signIn(site.host.url, name);
      await stateIs(page, 'failed');
      expect(await page.getByRole('alert').textContent()).toContain('Invalid token');
      expect(await bars(page)).toEqual([]);
    },
  );
});

describe('a slow query', () => {
  let database: OrdersDatabase;
  let site: Site;
  let runs: number;
  let release: () => void;
  beforeEach(async () => {
    database = await duckDbOrders();
    const driver = database.openDriver();
    runs = 0;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow: Driver = {
      dialect: driver.dialect,
      query: async (sql, params, options) => {
        runs++;
        await gate;
        return driver.query(sql, params, options);
      },
      close: () => driver.close(),
    };
    site = await startSite(slow, 200);
  });
  afterEach(async () => {
    release();
    await closeSite(site);
    await database.drop();
  });

  test('is asked for until it is there, and runs once', async () => {
    const page = await signIn(site.host.url, 'ann');
    await stateIs(page, 'still waiting');
    release();
    await stateIs(page, 'loaded');
    expect(await bars(page)).toEqual(['Acme: 100.5', 'Bolt: 40']);
    expect(runs).toBe(1);
  });

  test('can be cancelled, and asked again', async () => {
    const page = await signIn(site.host.url, 'ann');
    await stateIs(page, 'still waiting');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await stateIs(page, 'cancelled');
    expect(await bars(page)).toEqual([]);
    release();
    await page.getByRole('button', { name: 'Load' }).click();
    await stateIs(page, 'loaded');
    expect(await bars(page)).toEqual(['Acme: 100.5', 'Bolt: 40']);
  });
});
