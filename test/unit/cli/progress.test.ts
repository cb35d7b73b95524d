import { expect, test } from 'vitest';
import { withProgress } from '../../../src/cli/progress.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, write: (text: string) => written.push(text) > 0 };
}
const slow = () => new Promise<number>((resolve) => setTimeout(() => resolve(7), 800));

test('a terminal is told what takes long, and has its line back afterwards', async () => {
  const terminal = stream(true);
  expect(await withProgress('compiling', slow(), terminal)).toBe(7);
  expect(terminal.written[0]).toMatch(/^\rcompiling \.\.\. 0\.\d s$/);
  expect(terminal.written.at(-1)).toBe('\r\x1b[2K');
});

test('what is quick, and what is no terminal, is told nothing', async () => {
  const [terminal, file] = [stream(true), stream(false)];
  await withProgress('compiling', Promise.resolve(), terminal);
  await withProgress('compiling', slow(), file);
  await expect(withProgress('compiling', Promise.reject(new Error('no')), file)).rejects.toThrow();
  expect([terminal.written, file.written]).toEqual([[], []]);
});
