import { optionProblems } from '../core/known-options.ts';
import { checkCompileOptions, checkDialect } from '../pipeline/options.ts';
import { defaultServerLimits, type JwtOptions, type ServerOptions } from './options.ts';

/** Says what a value must be; null: it is. */
type Check = (value: unknown, name: string) => string | readonly string[] | null;
/** One row for each option: one that is forgotten is a type error. */
type OptionTable<T> = Readonly<Record<keyof T & string, Check>>;

const is =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, name) =>
    holds(value) ? null : `${name} must be ${what}`;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isList = (value: unknown, least = 0): boolean =>
  Array.isArray(value) && value.length >= least && Array.from(value as unknown[]).every(isText);

const text = is('a text', isText);
const flag = is('true or false', (value) => typeof value === 'boolean');
const hook = is('a function', (value) => typeof value === 'function');
const texts = is('a list of texts', isList);
const textOrTexts = is('a text, or a list of texts', (value) => isText(value) || isList(value, 1));
const natural = is(
  'a whole number',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
const positive = is(
  'a whole number above zero',
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
);
/** What is checked where it is read. */
const elsewhere: Check = () => null;
const table =
  (rows: Readonly<Record<string, Check>>): Check =>
  (value, name) =>
    tableProblems(value, rows, name);

export const jwtOptionTable: OptionTable<JwtOptions> = {
  algorithms: texts,
  key: text,
  jwkUrl: text,
  keysCooldownMs: natural,
  audience: textOrTexts,
  issuer: textOrTexts,
  subject: text,
  claimsNamespace: text,
  clockTolerance: natural,
  requireExpiry: flag,
  requireLongSecret: flag,
};

const limitTable = Object.fromEntries(
  Object.keys(defaultServerLimits).map((name) => [name, natural]),
);

export const serverOptionTable: OptionTable<ServerOptions> = {
  apiSecret: elsewhere,
  devMode: flag,
  schemaPath: text,
  missingContext: elsewhere,
  barrier: flag,
  allowUngroupedWithoutPrimaryKey: flag,
  driverFactory: hook,
  dialect: (value) =>
    typeof value === 'function' ? null : thrown(() => checkDialect(value, 'dialect')),
  jwt: table(jwtOptionTable),
  checkAuth: hook,
  extendContext: hook,
  queryRewrite: hook,
  queryTransformer: hook,
  contextToGroups: hook,
  contextToRoles: hook,
  contextToAppId: hook,
  schemaVersion: hook,
  repositoryFactory: hook,
  basePath: text,
  host: text,
  port: elsewhere,
  tlsPort: elsewhere,
  enableTls: flag,
  redirectHosts: texts,
  corsOrigins: texts,
  requestsPerMinute: positive,
  sandbox: (sandbox) => thrown(() => checkCompileOptions({ sandbox: sandbox as object })),
  limits: table(limitTable),
  logger: is('a logger of pino', (value) =>
    ['info', 'warn', 'error'].every(
      (level) => typeof (value as Record<string, unknown> | null)?.[level] === 'function',
    ),
  ),
};

/** What is wrong with the names and values of a server's options, and of those inside of them. */
export function serverOptionProblems(options: unknown): readonly string[] {
  return tableProblems(options, serverOptionTable, '');
}

function tableProblems(
  given: unknown,
  rows: Readonly<Record<string, Check>>,
  where: string,
): readonly string[] {
  const problems = [...optionProblems(given, Object.keys(rows), where)];
  if (typeof given !== 'object' || given === null) return problems;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || !Object.hasOwn(rows, name)) continue;
    const found = rows[name]!(value, where === '' ? name : `${where}.${name}`);
    if (found !== null) problems.push(...[found].flat());
  }
  return problems;
}

function thrown(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
