import { defineConfig } from 'vitest/config';

const report = process.env['CI_REPORT'];

/** Tests against real database servers. */
export default defineConfig({
  test: {
    include: ['test/engines/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report !== undefined && {
      reporters: ['default', 'json'],
      outputFile: { json: `${report}/engines.json` },
    }),
  },
});
