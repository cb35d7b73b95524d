import { suite } from './vitest.suite.ts';

/** From end to end: the commands, curl, real databases, and the browser's client in Chromium. */
export default suite('browser', ['test/browser/**/*.test.ts']);
