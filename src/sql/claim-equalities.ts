import { closers, keywords, openers, words, type ClaimTokens, type Token } from './claim-tokens.ts';

/** Calls that compare their arguments. */
const comparing = words(
  'nullif decode list_contains list_has array_contains array_has list_position list_indexof array_position array_indexof list_has_any list_has_all array_has_any array_has_all',
);
/** The same where texts are folded. */
const folding = words(
  'field find_in_set strcmp locate instr position json_contains json_search json_overlaps',
);
const patterns = words('like rlike regexp sounds member');
const clauses = words('from where group having order on limit offset qualify window using');

/**
 * Whether claims are part of what a text compares as equal. `folds`: the dialect also folds texts, so
 * that patterns, searches and inequalities compare loosely as well.
 */
export class ClaimEqualities {
  readonly #tokens: readonly Token[];
  readonly #partners: ReadonlyMap<number, number>;
  readonly #folds: boolean;

  constructor({ tokens, partners }: ClaimTokens, folds: boolean) {
    this.#tokens = tokens;
    this.#partners = partners;
    this.#folds = folds;
  }

  /** Whether an equality stands beside the hole at this offset, or beside brackets around it. */
  has(offset: number): boolean {
    const hole = this.#tokens.findIndex(({ start, end }) => start <= offset && offset < end);
    let [from, to] = [hole, hole];
    for (;;) {
      if (this.#stands(from, -1, hole) || this.#stands(to, 1, hole)) return true;
      const opening = this.#enclosing(from);
      if (opening === null) return false;
      if (['select', 'with'].includes(this.#text(opening + 1))) return this.#isColumn(from);
      const before = this.#text(opening - 1);
      const isNotIn = before === 'in' && this.#text(opening - 2) === 'not';
      if (isNotIn && !this.#folds && !this.#isTurned(hole)) return false;
      if (['in', 'any', 'all', 'some', 'values'].includes(before)) return true;
      if (comparing.has(before) || (this.#folds && folding.has(before))) return true;
      const isCall = this.#tokens[opening - 1]?.kind === 'word' && !keywords.has(before);
      from = isCall && this.#text(opening) === '(' ? opening - 1 : opening;
      to = this.#partners.get(opening)!;
    }
  }

  /** Looks along one level, over operators, to the next word that parts conditions. */
  #stands(at: number, step: 1 | -1, hole: number): boolean {
    for (let index = at + step; ; index += step) {
      const token = this.#tokens[index];
      if (!token) return false;
      if (token.kind === 'word') {
        if (this.#isWordOfEquality(index, step)) return true;
        // `NOT IN` and `NOT LIKE` go on behind their operand.
        const goesOn = step === 1 && token.text === 'not';
        if (!goesOn && (openers.has(token.text) || closers.has(token.text))) return false;
      }
      if (token.kind !== 'symbol') continue;
      if (this.#isEquality(index, hole)) return true;
      const isEdge = token.text === ',' || token.text === ';';
      const partner = this.#partners.get(index);
      if (isEdge || (partner !== undefined && partner < index === (step === 1))) return false;
      index = partner ?? index;
    }
  }

  #isWordOfEquality(index: number, step: 1 | -1): boolean {
    const [text, before] = [this.#text(index), this.#text(index - 1)];
    switch (text) {
      case 'in':
        return before !== 'not' || this.#folds || this.#isTurned(index - 1);
      case 'is': {
        const next = this.#text(index + 1) === 'not' ? index + 2 : index + 1;
        return this.#text(next) !== 'null';
      }
      case 'distinct':
        return before === 'is' || before === 'not';
      case 'case':
        return step === -1 && this.#text(index + 1) !== 'when';
      case 'when':
        return step === -1 && this.#isSimpleCase(index);
      default:
        return this.#folds && patterns.has(text) && this.#text(index + 1) !== 'binary';
    }
  }

  /** `=`, `==` and `<=>`; inequalities where these compare loosely too, or where a text turns them round. */
  #isEquality(index: number, hole: number): boolean {
    const [before, text, after] = [index - 1, index, index + 1].map((at) => this.#symbol(at));
    const isUnequal = (text === '<' && after === '>') || (text === '!' && after === '=');
    const isEndOfUnequal = (text === '>' && before === '<') || (text === '=' && before === '!');
    if (isUnequal || isEndOfUnequal) return this.#folds || this.#isTurned(hole);
    if (text !== '=') return false;
    return before === '' || !'<>'.includes(before!) || after === '>';
  }

  /** Whether a `NOT` or a `CASE` before the hole can make an equality of an inequality. */
  #isTurned(hole: number): boolean {
    return this.#tokens.slice(0, hole).some(({ kind, text }, index) => {
      if (kind !== 'word' || !['not', 'case', 'if', 'iif'].includes(text)) return false;
      return text !== 'not' || !['null', 'in', 'like', 'between'].includes(this.#text(index + 1));
    });
  }

  /** `CASE operand WHEN`: the values behind WHEN are compared with the operand. */
  #isSimpleCase(when: number): boolean {
    let depth = 0;
    for (let index = when - 1; index >= 0; index--) {
      const text = this.#text(index);
      const partner = this.#partners.get(index);
      if (partner !== undefined && partner > index) return false;
      index = partner ?? index;
      if (text === 'end') depth++;
      else if (text === 'case' && depth-- === 0) return this.#text(index + 1) !== 'when';
    }
    return false;
  }

  /** A claim in the columns of a sub-query: what is compared with them is not known here. */
  #isColumn(at: number): boolean {
    for (let index = at - 1; index >= 0; index--) {
      const text = this.#text(index);
      if (text === 'select') return true;
      if (clauses.has(text)) return false;
      index = Math.min(index, this.#partners.get(index) ?? index);
    }
    return false;
  }

  #enclosing(at: number): number | null {
    for (let index = at - 1; index >= 0; index--) {
      if ((this.#partners.get(index) ?? -1) > at) return index;
    }
    return null;
  }

  /** The word or symbol at an index; empty for what is quoted. */
  #text(index: number): string {
    const token = this.#tokens[index];
    return token?.kind === 'word' || token?.kind === 'symbol' ? token.text : '';
  }

  #symbol(index: number): string {
    return this.#tokens[index]?.kind === 'symbol' ? this.#text(index) : '';
  }
}
