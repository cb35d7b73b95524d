import { suite } from './vitest.suite.ts';

/** Tests against real database servers. */
export default suite('engines', ['test/engines/**/*.test.ts']);
