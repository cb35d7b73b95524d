import type { ToldContext } from '../core/context-read.ts';
import type { CompiledFile } from './compile-file.ts';
import type { ModuleLink } from './link-modules.ts';

/** What the prelude of one evaluation is told. */
export interface GuestSettings {
  /** 39 unguessable digits, drawn after the input was fixed. */
  readonly mark: string;
  /** Unguessable digits; names the prelude for the scripts below, which schema code cannot. */
  readonly secret: string;
  /** The one instant that schema code sees, in milliseconds since 1970. */
  readonly now: number;
  /** What is told of the compile context. */
  readonly context: readonly ToldContext[];
  /** JSON text: claims of the user for whom values are evaluated, `[path, value]`; null in a compile. */
  readonly claims: string | null;
  /** The values to evaluate, each a cube and the properties that lead to it; null in a compile. */
  readonly values: readonly (readonly (string | number)[])[] | null;
  /** Files that are not evaluated this time, and the names of the cubes that they declare. */
  readonly others: { readonly paths: readonly string[]; readonly cubes: readonly string[] };
  readonly depth: number;
  readonly members: number;
  readonly replyBytes: number;
  /** Names of host functions, and how often and with how much they are called. */
  readonly functions: readonly string[];
  readonly functionCalls: number;
  readonly functionBytes: number;
}

/** Runs first: makes the interface, and takes out of the realm what schema code must not find. */
export function preludeScript(prelude: string, settings: GuestSettings): string {
  const { secret, ...told } = settings;
  // The binding is lexical: no property of the global object leads to it.
  return `const ${binding(secret)} = (function (settings) { 'use strict';\n${prelude}\n})(${JSON.stringify(told)});`;
}

/** Makes a file known, before any file runs. Its first line is the file's first line. */
export function fileScript(
  file: CompiledFile,
  index: number,
  links: readonly ModuleLink[],
  secret: string,
): string {
  const names: (number | string)[] = [];
  for (const [site, [, , piece, ...others]] of file.sites.entries()) {
    // A site that is one bare name can be what a cube extends.
    if (
      others.length === 0 &&
      Array.isArray(piece) &&
      piece[0] === 1 &&
      piece.length === 5 &&
      piece[3] === 0
    ) {
      names.push(site, String(piece[4]));
    }
  }
  const { exports, stars, cubes } = file.table;
  const module = {
    path: file.path,
    isBroken: file.isBroken,
    names: [...exports.keys()],
    cubes: [...cubes],
    stars,
    links: links.map(({ target, names: imported }) => [target, imported]),
  };
  const told = `${index}, ${JSON.stringify(module)}, ${JSON.stringify(file.templates)}`;
  return `${binding(secret)}.names(${index}, ${JSON.stringify(names)});${binding(secret)}.define(${told}, ${file.program});`;
}

/** Evaluates a file, unless another one has imported it before. Its value is what it needs to be told, or `''`. */
export function runScript(index: number, secret: string): string {
  return `${binding(secret)}.run(${index});`;
}

/** The answer of a host function (JSON text), or null for the next async module. */
export function stepScript(answer: string | null, secret: string): string {
  return `${binding(secret)}.step(${answer ?? ''});`;
}

/** Its value is JSON text, `[state, file, calls]`; to be run after the step has ended. */
export function stateScript(secret: string): string {
  return `${binding(secret)}.state();`;
}

/** Evaluates what waited for all cubes; its value is the guest's part of the reply, a string. */
export function finishScript(secret: string, order: 'forward' | 'reversed'): string {
  return `${binding(secret)}.finish(${order === 'reversed'});`;
}

/** Whether anything that was evaluated depends on the value of a claim: `yes` or `no`. */
export function dependsScript(secret: string): string {
  return `${binding(secret)}.depends();`;
}

function binding(secret: string): string {
  return `prelude${secret}`;
}
