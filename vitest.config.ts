import { defineConfig } from 'vitest/config';

const report = process.env['CI_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/engines/**', 'test/browser/**'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report !== undefined && {
      reporters: ['default', 'json'],
      outputFile: { json: `${report}/tests.json` },
    }),
  },
});
