import { defineConfig } from 'vitest/config';

/** Tests against real database servers. */
export default defineConfig({
  test: {
    include: ['test/engines/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
  },
});
