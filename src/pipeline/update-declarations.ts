import type { SourceFile } from '../core/source.ts';
import { mostReads } from '../sandbox/context-reads.ts';
import type { Limits } from '../sandbox/limits.ts';
import { piecesOfMember } from '../syntax/decode-sites.ts';
import { valuesOfMember } from '../syntax/decode-definition.ts';
import { collectDeclarations, type Declarations } from './declarations.ts';
import { addLinked, baseFiles, cubeFiles, cubesOf } from './dependent-files.ts';
import { evaluateFiles, noOthers, withLibraries, type CompileSetting } from './evaluate-files.ts';

/** Beyond this part of the files a new evaluation of all of them is as fast. */
const mostChanged = 1 / 4;
const mostRounds = 4;
/** Findings that the guest and the frontend keep of one evaluation; more than that are cut off. */
export const mostFindings = 200;

/** Evaluates all files, and the libraries that they import. */
export async function evaluateAll(
  files: readonly SourceFile[],
  setting: CompileSetting,
): Promise<Declarations> {
  const evaluated = await evaluateFiles(files, noOthers, setting);
  const hasLibraries = evaluated.files.length > files.length;
  return { ...collectDeclarations(evaluated.files, evaluated, null), hasLibraries };
}

/**
 * The declarations of `files`, of which only those are evaluated whose declarations can differ from
 * `previous`, which has no errors. Equal to {@link evaluateAll}, which it falls back on in doubt.
 */
export async function updateDeclarations(
  previous: Declarations,
  files: readonly SourceFile[],
  setting: CompileSetting,
): Promise<Declarations> {
  if (dependsOnMore(previous, files, setting)) return evaluateAll(files, setting);
  const stale = staleFiles(previous, files);
  if (mayForgetReads(previous, files, stale)) return evaluateAll(files, setting);
  for (let round = 0; round < mostRounds; round++) {
    if (stale.size > files.length * mostChanged || isNearLimits(previous, files, setting)) break;
    const [sent, others] = partition(files, stale);
    const cubes = others.flatMap((path) => cubesOf(previous.byFile.get(path)!));
    const { dependsOnClaims: depend } = previous;
    const evaluated = await evaluateFiles(sent, { paths: others, cubes, depend }, setting);
    // What is wrong can be that a file was not sent.
    if (evaluated.unit.diagnostics.some(({ severity }) => severity === 'error')) break;
    // The others have been evaluated in one order alone.
    if (evaluated.unit.dependsOnClaims && !depend) break;
    const next = collectDeclarations(files, evaluated, previous);
    const missed = missedFiles(previous, next, stale);
    if (missed.size === 0)
      return isComplete(next, setting.options.limits) ? next : evaluateAll(files, setting);
    for (const file of missed) stale.add(file);
    if (mayForgetReads(previous, files, stale)) break;
  }
  return evaluateAll(files, setting);
}

/** Whether files can depend on what is no file of the schema: host functions answer anew each time. */
function dependsOnMore(
  previous: Declarations,
  files: readonly SourceFile[],
  { libraries }: CompileSetting,
): boolean {
  const isAsync = ({ content }: SourceFile): boolean => content.includes('asyncModule');
  return (
    previous.files.some(isAsync) ||
    files.some(isAsync) ||
    previous.hasLibraries ||
    withLibraries(files, libraries).files.length > files.length
  );
}

/** Whether what was read of the compile context may be read no more: then nobody knows by which files. */
function mayForgetReads(
  previous: Declarations,
  files: readonly SourceFile[],
  stale: ReadonlySet<string>,
): boolean {
  if (previous.reads.length === 0) return false;
  const now = new Set(files.map(({ path }) => path));
  return previous.files.some(
    ({ path, content }) =>
      (stale.has(path) || !now.has(path)) && /COMPILE_CONTEXT|globalThis/.test(content),
  );
}

function partition(
  files: readonly SourceFile[],
  stale: ReadonlySet<string>,
): [SourceFile[], string[]] {
  const sent = files.filter(({ path }) => stale.has(path));
  return [sent, files.flatMap(({ path }) => (stale.has(path) ? [] : [path]))];
}

/** Files that have changed, and those that run code of them, or are run by them, also at one remove. */
function staleFiles(previous: Declarations, files: readonly SourceFile[]): Set<string> {
  const before = new Map(previous.files.map(({ path, content }) => [path, content]));
  const now = new Set(files.map(({ path }) => path));
  const stale = new Set(previous.files.flatMap(({ path }) => (now.has(path) ? [] : [path])));
  for (const { path, content } of files) if (before.get(path) !== content) stale.add(path);
  const hasNew = files.some(({ path }) => !before.has(path));
  for (const [path, { trace }] of previous.byFile) {
    // An import can mean a file that has just come.
    if (hasNew && trace.links.size > 0) stale.add(path);
  }
  addLinked(stale, previous);
  return new Set([...stale].filter((path) => now.has(path)));
}

/** Files whose texts looked up a name that means something else now. */
function missedFiles(
  previous: Declarations,
  next: Declarations,
  stale: ReadonlySet<string>,
): Set<string> {
  const before = cubeFiles(previous);
  const now = cubeFiles(next);
  const changed = new Set(
    [...before.keys(), ...now.keys()].filter((name) => before.has(name) !== now.has(name)),
  );
  const missed = new Set<string>();
  for (const [path, declarations] of next.byFile) {
    const { lookups } = declarations.trace;
    if (lookups.size === 0) continue;
    const bases = baseFiles(declarations, now, next);
    if (stale.has(path)) {
      // Names of inherited members are only known where the base is evaluated too.
      for (const file of bases) if (!stale.has(file)) missed.add(file);
    } else if (
      [...lookups].some((name) => changed.has(name)) ||
      [...bases, ...baseFiles(declarations, before, previous)].some((file) => stale.has(file))
    ) {
      missed.add(path);
    }
  }
  return missed;
}

/** Whether evaluating all files together could run into a limit that evaluating some does not reach. */
function isNearLimits(
  { spent }: Declarations,
  files: readonly SourceFile[],
  { options }: CompileSetting,
): boolean {
  const { members, replyBytes, sourceBytes } = options.limits;
  const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return (
    bytes > sourceBytes ||
    spent.values > members * valuesOfMember ||
    spent.pieces > members * piecesOfMember ||
    spent.replyLength * 2 > replyBytes
  );
}

/** Whether nothing would have been cut off if all files had been evaluated together. */
function isComplete({ byFile, spent }: Declarations, limits: Limits): boolean {
  let definitions = 0;
  let findings = 0;
  for (const file of byFile.values()) {
    definitions += file.definitions.length;
    findings += file.diagnostics.length;
  }
  return (
    definitions < limits.members &&
    findings < mostFindings &&
    spent.values < limits.members * valuesOfMember &&
    spent.pieces < limits.members * piecesOfMember &&
    spent.asks < mostReads
  );
}
