import { parse } from 'acorn';
import type { SourceFile } from '../core/source.ts';
import type { WireDiagnostic, WireSite } from '../syntax/guest-abi.ts';
import { Rewriter } from './rewriter.ts';
import { compileYamlFile } from './yaml/compile-yaml-file.ts';

/** A file as the guest runs it, with everything of its text that never enters the guest. */
export interface CompiledFile {
  readonly path: string;
  /** A function expression of one parameter, the guest interface of this file. */
  readonly program: string;
  readonly sites: readonly WireSite[];
  /** By site: `[quasis, spans]` of templates that are evaluated; null for other sites. */
  readonly templates: readonly (TemplateParts | null)[];
  /** JSON text: where each `cube()` call and its values stand. */
  readonly calls: string;
  readonly diagnostics: readonly WireDiagnostic[];
  readonly content: string;
}

/** Texts between the interpolations (`[text, start]`, -1 where not verbatim), and the interpolations' spans. */
export type TemplateParts = readonly [
  readonly (readonly [string, number])[],
  readonly (readonly [number, number])[],
];

/** A file that cannot be evaluated, with the one diagnostic that says why. */
export function failedFile(
  { path, content }: SourceFile,
  index: number,
  code: string,
  message: string,
  start = 0,
  help = '',
): CompiledFile {
  const at = Math.max(0, Math.min(start, content.length));
  return {
    path,
    program: '(function () {})',
    sites: [[0, 0]],
    templates: [null],
    calls: '[[0,0,[0,0]]]',
    diagnostics: [[code, 0, message, index, at, Math.min(at + 1, content.length), help]],
    content,
  };
}

/** Parses and rewrites one schema file. Never throws: what is wrong with the text is a diagnostic. */
export function compileFile(file: SourceFile, index: number): CompiledFile {
  const { path, content } = file;
  const fail = (code: string, message: string, start = 0, help = ''): CompiledFile =>
    failedFile(file, index, code, message, start, help);
  const isYaml = /\.ya?ml$/.test(path);
  if (!isYaml && !/\.(js|mjs)$/.test(path)) {
    const message = 'TypeScript files are not supported yet';
    return fail('schema/language-not-supported-yet', message, 0, 'write the cube in JavaScript');
  }
  try {
    if (isYaml) return compileYamlFile(file, index);
    const program = parse(content, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
      allowAwaitOutsideFunction: false,
    });
    const rewriter = new Rewriter(content, index);
    const text = rewriter.program(program);
    return {
      path,
      program: text,
      sites: rewriter.sites,
      templates: rewriter.templates,
      calls: JSON.stringify(rewriter.calls),
      diagnostics: rewriter.diagnostics,
      content,
    };
  } catch (error) {
    if (error instanceof RangeError) {
      return fail('schema/too-deep', 'the file nests too deeply', 0, 'split it');
    }
    if (!(error instanceof SyntaxError)) throw error;
    const { pos = 0 } = error as SyntaxError & { pos?: number };
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    return fail('schema/syntax', `the file is not valid JavaScript: ${message}`, pos);
  }
}
