import { CST } from 'yaml';
import { shown, type YamlReport } from './yaml-report.ts';

/** Levels of nesting: far above what a schema needs, far below what the composer's stack holds. */
const deepest = 200;
/** Errors of tokens that the parser could not place, before it is not asked any more. */
const mostMisplaced = 100;

/** Marks of the lexer that are no text of the file. */
const withoutText: ReadonlySet<string | null> = new Set(['doc-mode', 'flow-error-end', 'scalar']);

/** Sees every token before it is parsed: what is refused, and where brackets and quotes were opened. */
export class TokenWatch {
  /** Reading on is pointless, or would cost too much. */
  stopped = false;
  readonly #report: YamlReport;
  readonly #brackets: number[] = [];
  readonly #unclosedQuotes = new Map<number, number>();
  #hasUnclosedBracket = false;
  #misplaced = 0;
  #offset = 0;

  constructor(report: YamlReport) {
    this.#report = report;
  }

  see(lexeme: string): void {
    const type = CST.tokenType(lexeme);
    const start = this.#offset;
    if (!withoutText.has(type)) this.#offset += lexeme.length;
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        this.#brackets.push(start);
        break;
      case 'flow-map-end':
      case 'flow-seq-end':
        this.#brackets.pop();
        break;
      case 'flow-error-end':
        this.#reportBracket();
        break;
      case 'tag':
        this.#report.add(
          'schema/yaml-tag',
          `tags such as ${shown(lexeme)} are not supported: a schema is plain data`,
          [start, this.#offset],
          'leave it out; a text that begins with ! needs quotes',
        );
        break;
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
        this.#unclosedQuotes.set(this.#offset, start);
        break;
      default:
        break;
    }
  }

  /** What the parser makes of the tokens, and how deep it is in it. */
  parsed(token: CST.Token | undefined, depth: number): void {
    if (token?.type === 'error' && ++this.#misplaced > mostMisplaced) {
      this.#stop('schema/syntax', 'the file is not YAML', '');
    }
    if (depth > deepest) {
      this.#stop('schema/too-deep', `the file nests deeper than ${deepest} levels`, 'split it');
    }
  }

  /** The end of the file. */
  end(): void {
    this.#reportBracket();
  }

  /** Whether the library's error repeats what has been reported at a better place. */
  hasReported(code: string, message: string): boolean {
    if (code === 'TAG_RESOLVE_FAILED' || code === 'BAD_COLLECTION_TYPE') return true;
    return this.#hasUnclosedBracket && /end with a? ?[\]}]?|Missing , /.test(message);
  }

  /** Where the quoted text begins that an error at `end` says is never closed. */
  openingQuote(end: number): number | undefined {
    return this.#unclosedQuotes.get(end);
  }

  #stop(code: string, message: string, help: string): void {
    this.stopped = true;
    this.#report.add(code, message, [Math.max(0, this.#offset - 1), this.#offset], help);
  }

  #reportBracket(): void {
    const start = this.#brackets.at(-1);
    this.#brackets.length = 0;
    if (start === undefined) return;
    this.#hasUnclosedBracket = true;
    this.#report.add(
      'schema/syntax',
      'the bracket is never closed',
      [start, start + 1],
      'a text that begins with a bracket or a brace needs quotes',
    );
  }
}
