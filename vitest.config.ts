import { suite } from './vitest.suite.ts';

export default suite('tests', ['test/**/*.test.ts'], ['test/engines/**', 'test/browser/**']);
