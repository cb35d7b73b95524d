import { parse } from 'acorn';
import type { SourceFile } from '../core/source.ts';
import type { WireDiagnostic, WireSite } from '../syntax/guest-abi.ts';
import { emptyModuleTable, type ModuleTable } from './module-table.ts';
import { Rewriter } from './rewriter.ts';
import { stripTypes } from './strip-types.ts';
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
  readonly table: ModuleTable;
  /** Its text cannot be evaluated, and says so itself: nothing that misses its names is reported. */
  readonly isBroken: boolean;
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
  [start, end]: readonly [number, number] = [0, 1],
  help = '',
): CompiledFile {
  const at = Math.max(0, Math.min(start, content.length));
  return {
    path,
    program: '(function () {})',
    sites: [[0, 0]],
    templates: [null],
    calls: '[[0,0,[0,0]]]',
    diagnostics: [[code, 0, message, index, at, Math.max(at, Math.min(end, content.length)), help]],
    table: emptyModuleTable(true),
    isBroken: true,
    content,
  };
}

/** Parses and rewrites one schema file. Never throws: what is wrong with the text is a diagnostic. */
export function compileFile(file: SourceFile, index: number): CompiledFile {
  const { path, content } = file;
  const fail = (
    code: string,
    message: string,
    span?: readonly [number, number],
    help?: string,
  ): CompiledFile => failedFile(file, index, code, message, span, help);
  let text = content;
  if (path.endsWith('.ts')) {
    const stripped = stripTypes(content);
    if (typeof stripped !== 'string') {
      return fail(stripped.code, stripped.message, stripped.span, stripped.help);
    }
    text = stripped;
  }
  try {
    if (/\.ya?ml$/.test(path)) return compileYamlFile(file, index);
    const program = parse(text, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
      allowAwaitOutsideFunction: false,
    });
    const rewriter = new Rewriter(text, index);
    return {
      path,
      program: rewriter.program(program),
      sites: rewriter.sites,
      templates: rewriter.templates,
      calls: JSON.stringify(rewriter.calls),
      diagnostics: rewriter.diagnostics,
      table: rewriter.table,
      isBroken: false,
      content,
    };
  } catch (error) {
    if (error instanceof RangeError) {
      return fail('schema/too-deep', 'the file nests too deeply', [0, 1], 'split it');
    }
    if (!(error instanceof SyntaxError)) throw error;
    const { pos = 0 } = error as SyntaxError & { pos?: number };
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    return fail('schema/syntax', `the file is not valid JavaScript: ${message}`, [pos, pos + 1]);
  }
}
