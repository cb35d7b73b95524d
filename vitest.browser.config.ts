import { defineConfig } from 'vitest/config';

const report = process.env['CI_REPORT'];

/** From end to end: the commands, curl, real databases, and the browser's client in Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report !== undefined && {
      reporters: ['default', 'json'],
      outputFile: { json: `${report}/browser.json` },
    }),
  },
});
