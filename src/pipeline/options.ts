import { canonicalJson } from '../core/context-read.ts';
import type { MissingContext } from '../lower/lowering.ts';
import type { Query } from '../planner/query.ts';
import type { JoinTies } from '../planner/choose-root.ts';
import { defaultLimits, limitNames, limitsFrom, type Limits } from '../sandbox/limits.ts';
import type { HostFunction, SandboxLayer } from '../sandbox/evaluate.ts';
import type { Dialect, DialectName } from '../sql/dialects/dialect.ts';
import { dialects, findDialect } from '../sql/dialects/registry.ts';
import { optionsOf } from '../core/known-options.ts';
import { didYouMean } from '../core/suggest.ts';
import { checkFunctions } from './host-functions.ts';
import { checkLibraries, type LibraryOptions, type ModuleSource } from './libraries.ts';
import { OptionError } from './option-error.ts';

/** How the runner is bounded and hardened. */
export interface SandboxConfiguration extends Partial<Limits> {
  /** Refuse to compile unless these layers hold on this machine. */
  readonly require?: readonly SandboxLayer[];
  /** What schema files can call in `asyncModule`, by name: JSON data in, JSON data out. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /** Files outside the schema's directory that its files may import: paths and globs. */
  readonly include?: readonly string[];
  /** Pure packages that schema files may import by name, each as one module. */
  readonly modules?: Readonly<Record<string, ModuleSource>>;
  /** Whose compiles and evaluations these are: groups, such as tenants, share the runners evenly. */
  readonly group?: string;
  /** Wraps the runner's command line, for bwrap, nsjail or systemd-run. */
  readonly launcher?: (argv: string[]) => string[];
}

export interface CompileOptions {
  /** The dialect whose lexical rules are checked, and the default of `generateSql`. */
  readonly dialect?: DialectName;
  /** JSON data that schema files see as `COMPILE_CONTEXT`. */
  readonly compileContext?: unknown;
  /** What an absent claim means to `filter`; a call's own setting wins. */
  readonly missingContext?: MissingContext;
  /**
   * Prints each source that has a context filter behind an optimisation fence: then no condition of a
   * query is evaluated on rows of other users, whose values a database's error could tell.
   */
  readonly barrier?: boolean;
  /** What paths of equal length between cubes mean: an error that prints them, or the one declared first. */
  readonly joinTies?: JoinTies;
  /** Lets an ungrouped query leave out primary keys, without which its rows cannot be told apart. */
  readonly allowUngroupedWithoutPrimaryKey?: boolean;
  /** `reject`: one error rejects the whole schema. `quarantine`: what does not depend on it serves. */
  readonly onError?: 'reject' | 'quarantine';
  /** The instant that schema files and relative dates see: milliseconds since 1970, or a `Date`. */
  readonly now?: number | Date;
  readonly sandbox?: SandboxConfiguration;
  readonly signal?: AbortSignal;
}

export interface GenerateOptions {
  /**
   * The query as its caller wrote it, where a server has added to it: the caller may ask for nothing that is
   * hidden, and what was added may filter by members that are not public. Default: the query itself is the caller's.
   */
  readonly askedQuery?: Query | undefined;
  /** The verified claims of this user: a plain object. */
  readonly securityContext?: unknown;
  /** The groups of this user, for access policies. Default: the claim `groups`, a text or a list of texts. */
  readonly groups?: readonly string[];
  /**
   * What values that are evaluated for each user see as `COMPILE_CONTEXT`, beside what the files have
   * read of that of the compile, which is the default.
   */
  readonly compileContext?: unknown;
  readonly dialect?: DialectName;
  readonly missingContext?: MissingContext;
  /** As in {@link CompileOptions}, whose value is the default. */
  readonly barrier?: boolean;
  readonly signal?: AbortSignal;
}

/** Who asks. */
export type UserOptions = Pick<GenerateOptions, 'securityContext' | 'groups'>;

export interface MetaOptions extends UserOptions {
  /** The name of a `context()` of the schema: only its cubes and views are told. No security boundary. */
  readonly context?: string;
}

export interface CheckedCompileOptions {
  readonly dialect: Dialect;
  /** Canonical JSON text. */
  readonly compileContext: string;
  readonly missingContext: MissingContext;
  readonly barrier: boolean;
  readonly joinTies: JoinTies;
  readonly allowUngroupedWithoutPrimaryKey: boolean;
  readonly onError: 'reject' | 'quarantine';
  readonly now: number | null;
  readonly limits: Limits;
  readonly require: readonly SandboxLayer[];
  readonly functions: ReadonlyMap<string, HostFunction>;
  readonly libraries: LibraryOptions;
  readonly launcher: ((argv: string[]) => string[]) | null;
  readonly group: string;
  readonly signal: AbortSignal | null;
}

const compileKeys = optionsOf<CompileOptions>({
  dialect: true,
  compileContext: true,
  missingContext: true,
  barrier: true,
  onError: true,
  joinTies: true,
  allowUngroupedWithoutPrimaryKey: true,
  now: true,
  sandbox: true,
  signal: true,
});

export function checkCompileOptions(options: CompileOptions = {}): CheckedCompileOptions {
  refuseUnknown(options, compileKeys, 'options');
  const { joinTies = 'error', onError = 'reject' } = options;
  if ((onError as unknown) !== 'reject' && (onError as unknown) !== 'quarantine') {
    throw new OptionError("options.onError must be 'reject' or 'quarantine'");
  }
  if ((joinTies as unknown) !== 'error' && (joinTies as unknown) !== 'first-declared') {
    throw new OptionError("options.joinTies must be 'error' or 'first-declared'");
  }
  const sandbox = options.sandbox ?? {};
  refuseUnknown(
    sandbox,
    [...limitNames, 'require', 'functions', 'include', 'modules', 'group', 'launcher'],
    'options.sandbox',
  );
  const given = limitsFrom((name) => {
    const value = sandbox[name];
    return value === undefined ? value : positiveInteger(value, `options.sandbox.${name}`);
  });
  const limits = { ...defaultLimits, ...given };
  return {
    dialect: checkDialect(options.dialect ?? 'postgres', 'options.dialect'),
    compileContext: contextJson(options.compileContext),
    missingContext: checkMissingContext(options.missingContext) ?? 'allow',
    barrier: checkFlag(options.barrier, 'barrier') ?? false,
    joinTies,
    allowUngroupedWithoutPrimaryKey:
      checkFlag(options.allowUngroupedWithoutPrimaryKey, 'allowUngroupedWithoutPrimaryKey') ??
      false,
    onError,
    now: checkNow(options.now),
    limits,
    require: sandbox.require ?? [],
    functions: checkFunctions(sandbox.functions),
    libraries: checkLibraries(sandbox.include, sandbox.modules),
    launcher: sandbox.launcher ?? null,
    group: checkGroup(sandbox.group),
    signal: options.signal ?? null,
  };
}

export function checkDialect(name: unknown, option: string): Dialect {
  const dialect = typeof name === 'string' ? findDialect(name) : undefined;
  if (dialect) return dialect;
  const names = [...dialects.keys()];
  const hint = typeof name === 'string' ? didYouMean(name, names) : undefined;
  throw new OptionError(`${option} must be one of ${names.join(', ')}${hint ? `; ${hint}` : ''}`);
}

export function isDialect(name: unknown): name is DialectName {
  return typeof name === 'string' && findDialect(name) !== undefined;
}

export function checkMissingContext(value: unknown): MissingContext | undefined {
  if (value === undefined || value === 'allow' || value === 'deny' || value === 'error')
    return value;
  throw new OptionError("missingContext must be 'allow', 'deny' or 'error'");
}

export function checkFlag(value: unknown, option: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new OptionError(`${option} must be true or false`);
}

const generateKeys = optionsOf<GenerateOptions>({
  askedQuery: true,
  securityContext: true,
  groups: true,
  compileContext: true,
  dialect: true,
  missingContext: true,
  barrier: true,
  signal: true,
});

const metaKeys = optionsOf<MetaOptions>({ securityContext: true, groups: true, context: true });

export function checkMetaOptions(options: MetaOptions): void {
  refuseUnknown(options, metaKeys, 'options');
}

export function checkGenerateOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError('the options of generateSql must be an object');
  }
  refuseUnknown(options, generateKeys, 'options');
}

/** The members of the context that is asked for; null: all cubes and views. */
export function checkContext(
  name: unknown,
  contexts: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> | null {
  if (name === undefined) return null;
  const members = typeof name === 'string' ? contexts.get(name) : undefined;
  if (members) return new Set(members);
  const names = [...contexts.keys()];
  const known = names.length === 0 ? 'the schema has none' : `known are ${listOf(names)}`;
  const hint = typeof name === 'string' ? didYouMean(name, names) : undefined;
  throw new OptionError(
    `options.context must be a context of the schema; ${hint ? `${hint} ` : ''}${known}`,
  );
}

const mostShown = 20;

function listOf(names: readonly string[]): string {
  const more = names.length - mostShown;
  return names.slice(0, mostShown).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

/** null: those of the claim. */
export function checkGroups(groups: unknown): ReadonlySet<string> | null {
  if (groups === undefined) return null;
  const items: readonly unknown[] = Array.isArray(groups) ? Array.from(groups) : [undefined];
  if (items.every((item) => typeof item === 'string')) return new Set(items);
  throw new OptionError('options.groups must be a list of texts');
}

export function refuseUnknown(options: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known);
    throw new OptionError(
      `${where}.${key} is not an option${hint ? `; ${hint}` : `; known are ${known.join(', ')}`}`,
    );
  }
}

function checkGroup(group: unknown): string {
  if (group === undefined) return '';
  if (typeof group === 'string') return group;
  throw new OptionError('options.sandbox.group must be a text');
}

function positiveInteger(value: unknown, option: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new OptionError(`${option} must be a whole number above zero`);
}

function checkNow(now: unknown): number | null {
  if (now === undefined) return null;
  const value = now instanceof Date ? now.getTime() : now;
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 8.64e15) {
    return Math.trunc(value);
  }
  throw new OptionError('options.now must be a Date, or milliseconds since 1970');
}

/** Of nobody: schema files may take it apart as they take that of a server. */
const emptyContext = { authInfo: {}, securityContext: {} };

/** Canonical JSON text. @throws OptionError */
export function contextJson(context: unknown): string {
  try {
    const text = canonicalJson(context ?? emptyContext);
    if (text !== undefined) return text;
  } catch {
    // Falls through to the same error: what cannot be written as JSON is not JSON data.
  }
  throw new OptionError('options.compileContext must be JSON data');
}
