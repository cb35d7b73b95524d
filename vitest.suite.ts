import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';
import { builtRunner } from './test/support/built-runner.ts';
import { propertySeed, seedVariable } from './test/support/property-seed.ts';

console.log(
  `random tests start from PROPERTY_SEED=${propertySeed} (npm run test:random: a fresh one)`,
);

const reports = process.env['CI_REPORT'];

/** What the three suites have in common; `name` is that of a suite's report. */
export function suite(name: string, include: string[], exclude: string[] = []): ViteUserConfig {
  return defineConfig({
    plugins: [builtRunner()],
    test: {
      include,
      exclude: [...configDefaults.exclude, ...exclude],
      pool: 'forks',
      setupFiles: ['test/support/property-setup.ts'],
      env: seedVariable(propertySeed),
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...(reports !== undefined && {
        reporters: ['default', 'json'],
        outputFile: { json: `${reports}/${name}.json` },
      }),
    },
  });
}
