import { generateFiles, query } from './models.ts';

/** What every server of the comparison is given. */
export const secret = 'a secret that is long enough for everyone';
export const benchFiles = generateFiles(10).map(({ path, content }) => ({
  path,
  // The name that both generations know.
  content: content.replaceAll('SECURITY_CONTEXT', 'USER_CONTEXT'),
}));
export const benchQuery = query('Cube0', 1);
export const benchRow = { cube0__dimension3: 'v1', cube0__total1: '1' };
/** What bare Express answers. */
export const benchAnswer = { sql: { sql: ['SELECT 1', [1]] } };
