import { InternalError } from '../core/invariant.ts';
import type { Origin, ParameterSource } from './ast.ts';
import type { Printed } from './dialects/dialect.ts';

/** What printed text is made of. Texts come from this package and from schema authors, never from users. */
export type PrintedPiece =
  | string
  | readonly PrintedPiece[]
  | { readonly kind: 'placeholder'; readonly source: ParameterSource }
  | { readonly kind: 'authored'; readonly text: string; readonly origin: Origin };

export interface PrintedText extends Printed {
  readonly pieces: readonly PrintedPiece[];
}

/** Joins the literal parts of a template and printed operands; takes no other value. */
export function sql(literals: TemplateStringsArray, ...operands: readonly Printed[]): PrintedText {
  const pieces: PrintedPiece[] = [];
  for (const [index, literal] of literals.entries()) {
    if (literal !== '') pieces.push(literal);
    const operand = operands[index];
    if (operand === undefined) continue;
    if (typeof operand !== 'object') throw new InternalError('only printed text can be joined');
    pieces.push((operand as PrintedText).pieces);
  }
  return { pieces };
}

/** Text that this package has made itself: a quoted name, a number, an escaped literal. */
export function own(text: string): PrintedText {
  return { pieces: [text] };
}

export function join(items: readonly Printed[], separator: string): PrintedText {
  const pieces: PrintedPiece[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0) pieces.push(separator);
    pieces.push((item as PrintedText).pieces);
  }
  return { pieces };
}

export function placeholder(source: ParameterSource): PrintedText {
  return { pieces: [{ kind: 'placeholder', source }] };
}

export function authored(text: string, origin: Origin): PrintedText {
  return { pieces: [{ kind: 'authored', text, origin }] };
}
