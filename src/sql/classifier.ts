import type { RawBinding } from './ast.ts';
import type { LexicalRules } from './dialects/dialect.ts';
import type { HoleState, RawPiece, RawProblem, RawText } from './lexer-contract.ts';
import { pieceAt, slicePieces, type JoinedPieces } from './lexer-pieces.ts';
import type { LexedProblem } from './lexer-tokens.ts';
import { Lexer } from './lexer.ts';
import { valueWords } from './value-words.data.ts';

/** A pair of brackets, or a CASE with its END; the outermost has no closer. */
interface Level {
  readonly parent: Level | null;
  readonly closer: string;
  readonly start: number;
  hasOr: boolean;
}

/** What stands at the top level, as far as it decides how tightly the text binds. */
type Item = 'name' | 'operator-word' | 'hole' | 'literal' | 'group' | 'case' | '.' | 'other';

/** Words that take brackets as an operand or a clause, not as a call's arguments. */
const operatorWords: ReadonlySet<string> = new Set(
  'not exists in any some all distinct select and between like ilike is when then else from where having on union except intersect values interval with using as by over filter binary collate div mod escape similar rlike regexp prior'.split(
    ' ',
  ),
);

/** More than this many are one long expression. */
const mostItems = 64;
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Classifies one text in one pass over its tokens. */
export class Classifier {
  readonly #joined: JoinedPieces;
  readonly #rules: LexicalRules;
  readonly #lexer: Lexer;
  readonly #items: Item[] = [];
  /** Parents stand before their children. */
  readonly #levels: Level[] = [];
  readonly #holeLevels: Level[] = [];
  /** Comments with holes in them. */
  readonly #dropped: {
    readonly start: number;
    readonly end: number;
    readonly from: number;
    readonly to: number;
  }[] = [];
  readonly #top: Level = { parent: null, closer: '', start: 0, hasOr: false };
  /** Ranges of the tokens, comments aside, of a text that is short enough to be a plain select. */
  readonly #tokens: { readonly kind: string; readonly start: number; readonly end: number }[] = [];
  #level = this.#top;
  #hasList = false;
  /** What stands before a word that is a name whatever it says: `t.case`, `AS end`. */
  #beforeName = false;
  #endsInComment = false;
  #hasComments = false;

  constructor(joined: JoinedPieces, rules: LexicalRules) {
    this.#joined = joined;
    this.#rules = rules;
    this.#lexer = new Lexer(joined, rules);
  }

  classify(): RawText {
    const lexer = this.#lexer;
    while (lexer.next() !== 'end') this.#token();
    for (let level = this.#level; level.parent !== null; level = level.parent) {
      if (level.closer !== 'end') lexer.report('unbalanced-bracket', level.start, level.start + 1);
      else if (level.hasOr) level.parent.hasOr = true;
    }
    this.#checkUnicode();
    const holes = this.#holes();
    const dropped = this.#dropped.flatMap(({ from, to }) => this.#joined.ids.slice(from, to));
    return {
      problems: lexer.problems
        .sort((a, b) => a.start - b.start)
        .map((problem) => this.#problem(problem)),
      holes,
      pieces: this.#pieces(),
      dropped,
      binding: this.#binding(),
      loneHole:
        this.#items.length === 1 && this.#items[0] === 'hole' && this.#tokens[0]?.kind === 'hole'
          ? this.#joined.ids[this.#holeAt(this.#tokens[0].start)]!
          : null,
      singleIdentifier: this.#singleIdentifier(),
      selectStarFrom: this.#selectStarFrom(),
    };
  }

  #token(): void {
    const { kind, start, end } = this.#lexer;
    const known = this.#holeLevels.length;
    while (this.#holeLevels.length < this.#lexer.holes.length) this.#holeLevels.push(this.#level);
    this.#endsInComment = kind === 'line-comment';
    if (kind === 'line-comment' || kind === 'block-comment') {
      this.#hasComments = true;
      const to = this.#holeLevels.length;
      if (to > known) this.#dropped.push({ start, end, from: known, to });
      return;
    }
    if (this.#tokens.length < mostItems) this.#tokens.push({ kind, start, end });
    const word = kind === 'word' ? this.#text(start, end).toLowerCase() : '';
    if (kind === 'word') this.#word(word, start);
    else if (kind === 'symbol') this.#symbol(this.#text(start, end), start);
    else if (kind === 'hole') this.#item('hole');
    else this.#item(kind === 'quoted' ? 'name' : 'literal');
    this.#beforeName = word === 'as' || (kind === 'symbol' && this.#text(start, end) === '.');
  }

  #word(word: string, start: number): void {
    if (this.#beforeName) {
      this.#item('name');
    } else if (word === 'or' || word === 'xor') {
      this.#level.hasOr = true;
      this.#item('other');
    } else if (word === 'case') {
      this.#item('case');
      this.#open('end', start);
    } else if (word === 'end' && this.#level.closer === 'end') {
      this.#level = this.#level.parent!;
    } else if (operatorWords.has(word)) this.#item('operator-word');
    // Holes side by side are several operands.
    else this.#item(/^\0+$/.test(word) ? 'other' : 'name');
  }

  #symbol(symbol: string, start: number): void {
    const closer = closers[symbol];
    if (closer !== undefined) {
      this.#item(symbol === '(' ? 'group' : 'other');
      return this.#open(closer, start);
    }
    if (symbol === ')' || symbol === ']' || symbol === '}') return this.#close(symbol, start);
    if (symbol === ',' && this.#level === this.#top) this.#hasList = true;
    if (symbol === '||' && this.#rules.pipesAreOr) this.#level.hasOr = true;
    if (symbol === ';') this.#lexer.report('semicolon', start, start + 1);
    if (this.#isPlaceholder(symbol, start)) this.#lexer.report('placeholder', start, start + 2);
    this.#item(symbol === '.' ? '.' : 'other');
  }

  #open(closer: string, start: number): void {
    this.#level = { parent: this.#level, closer, start, hasOr: false };
    this.#levels.push(this.#level);
  }

  #close(symbol: string, start: number): void {
    // A CASE without END is the database's to refuse.
    while (this.#level.closer === 'end') {
      const parent = this.#level.parent!;
      if (this.#level.hasOr) parent.hasOr = true;
      this.#level = parent;
    }
    if (this.#level.closer === symbol) this.#level = this.#level.parent!;
    else this.#lexer.report('unbalanced-bracket', start, start + 1);
  }

  #item(item: Item): void {
    if (this.#level === this.#top && this.#items.length < mostItems) this.#items.push(item);
  }

  #isPlaceholder(symbol: string, start: number): boolean {
    const following = this.#joined.text[start + 1] ?? '';
    const { placeholders } = this.#rules;
    switch (symbol) {
      case '$':
        return true;
      case '?':
        return placeholders.includes('question');
      case ':':
        return (
          placeholders.includes('colon') &&
          this.#level.closer !== ']' &&
          this.#level.closer !== '}' &&
          /[\p{L}\d_\0]/u.test(following)
        );
      case '@':
        return placeholders.includes('at') && /[\p{L}_@`'"\0]/u.test(following);
      default:
        return false;
    }
  }

  #checkUnicode(): void {
    const { text } = this.#joined;
    if (text.isWellFormed()) return;
    const fixed = text.toWellFormed();
    let at = 0;
    while (text[at] === fixed[at]) at++;
    this.#lexer.report('lone-surrogate', at, at + 1);
  }

  #binding(): RawBinding {
    if (this.#hasList) return 'list';
    if (this.#top.hasOr) return 'or';
    const items = this.#items;
    const [first] = items;
    if (items.length <= 1)
      return first === 'other' || first === '.' || first === 'operator-word' ? 'operators' : 'atom';
    const isCall = items.at(-1) === 'group';
    const names = isCall ? items.slice(0, -1) : items;
    const isPath =
      names.length % 2 === 1 &&
      names.every((item, index) =>
        index % 2 === 0 ? item === 'name' || item === 'hole' : item === '.',
      ) &&
      !(isCall && names.at(-1) === 'hole');
    return isPath && items.length < mostItems ? 'atom' : 'operators';
  }

  #singleIdentifier(): string | null {
    const [token] = this.#tokens;
    if (this.#tokens.length !== 1 || this.#hasComments || !token || this.#joined.holes.length > 0)
      return null;
    if (token.kind !== 'word' && token.kind !== 'quoted') return null;
    const text = this.#text(token.start, token.end);
    return valueWords.has(text.toLowerCase()) ? null : text;
  }

  #selectStarFrom(): readonly RawPiece[] | null {
    const tokens = this.#tokens;
    if (this.#hasComments || tokens.length < 4 || tokens.length >= mostItems) return null;
    const words = tokens.slice(0, 3).map(({ start, end }) => this.#text(start, end).toLowerCase());
    if (words.join(' ') !== 'select * from') return null;
    const name = tokens.slice(3);
    const isName = name.every(({ kind, start, end }, index) =>
      index % 2 === 0 ? ['word', 'quoted', 'hole'].includes(kind) : this.#text(start, end) === '.',
    );
    if (!isName || name.length % 2 === 0) return null;
    return slicePieces(this.#joined, name[0]!.start, name.at(-1)!.end);
  }

  #holes(): Map<number, HoleState> {
    const { ids, holes: offsets, text } = this.#joined;
    const states = new Map<number, HoleState>();
    // From now on `hasOr` speaks of the enclosing levels too; the top level has none.
    for (const level of this.#levels) level.hasOr ||= level.parent!.hasOr;
    this.#lexer.holes.forEach((hole, index) => {
      const at = offsets[index]!;
      const orBeside = this.#holeLevels[index]!.hasOr;
      states.set(ids[index]!, {
        ...hole,
        orBeside,
        before: text[at - 1] ?? '',
        after: text[at + 1] ?? '',
      });
    });
    return states;
  }

  #holeAt(offset: number): number {
    return this.#joined.holes.indexOf(offset);
  }

  #pieces(): readonly RawPiece[] {
    if (this.#dropped.length === 0 && !this.#endsInComment) return this.#joined.pieces;
    const pieces: RawPiece[] = [];
    let from = 0;
    for (const { start, end } of this.#dropped) {
      pieces.push(...slicePieces(this.#joined, from, start), { kind: 'text', text: ' ' });
      from = end;
    }
    pieces.push(...slicePieces(this.#joined, from, this.#joined.text.length));
    if (this.#endsInComment) pieces.push({ kind: 'text', text: '\n' });
    return pieces;
  }

  #problem({ code, start, end }: LexedProblem): RawProblem {
    const piece = pieceAt(this.#joined, Math.min(start, Math.max(0, this.#joined.text.length - 1)));
    const offset = start - (this.#joined.starts[piece] ?? 0);
    return { code, piece, offset, length: end - start, text: this.#text(start, end) };
  }

  #text(start: number, end: number): string {
    return this.#joined.text.slice(start, end);
  }
}
