import type { ParameterSource } from './ast.ts';
import type { PrintedOrigin, PrintedSql } from './printed-sql.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { PrintedPiece, PrintedText } from './printed.ts';

/** Printed pieces as one text, its placeholders numbered in the order in which they stand. */
export function assemble(printed: PrintedText, dialect: Dialect): PrintedSql {
  let text = '';
  const parameters: ParameterSource[] = [];
  const placeholders: { start: number; end: number }[] = [];
  const origins: PrintedOrigin[] = [];
  const add = (piece: PrintedPiece): void => {
    if (typeof piece === 'string') {
      text += piece;
    } else if (!('kind' in piece)) {
      for (const inner of piece) add(inner);
    } else {
      const start = text.length;
      if (piece.kind === 'authored') {
        text += piece.text;
        origins.push({ start, end: text.length, origin: piece.origin });
      } else {
        parameters.push(piece.source);
        text += dialect.placeholder(parameters.length);
        placeholders.push({ start, end: text.length });
      }
    }
  };
  for (const piece of printed.pieces) add(piece);
  return { text, parameters, placeholders, origins };
}
