import type { FragmentPiece } from './model.ts';

type Conditional = Extract<FragmentPiece, { kind: 'conditional' }>;

export function hasBranches(pieces: readonly FragmentPiece[]): boolean {
  return pieces.some((piece) => piece.kind === 'conditional');
}

/** A text as it is when `holds` answers the tests in it. One without tests is itself. */
export function chooseBranches(
  pieces: readonly FragmentPiece[],
  holds: (piece: Conditional) => boolean,
): readonly FragmentPiece[] {
  if (!hasBranches(pieces)) return pieces;
  return pieces.flatMap((piece) =>
    piece.kind === 'conditional'
      ? chooseBranches(holds(piece) ? piece.then : piece.otherwise, holds)
      : [piece],
  );
}

/** More texts than these of one fragment are read when a user's claims choose them. */
const mostTexts = 64;

/** The texts that a fragment can be: with every test true, and with each one false beside the others. */
export function textsOf(pieces: readonly FragmentPiece[]): readonly (readonly FragmentPiece[])[] {
  if (!hasBranches(pieces)) return [pieces];
  const tests = conditionalsIn(pieces).slice(0, mostTexts - 1);
  const outcomes = [null, ...tests];
  return outcomes.map((otherwise) =>
    chooseBranches(pieces, (piece) => piece !== otherwise && !contains(piece.otherwise, otherwise)),
  );
}

function conditionalsIn(pieces: readonly FragmentPiece[]): Conditional[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'conditional'
      ? [piece, ...conditionalsIn(piece.then), ...conditionalsIn(piece.otherwise)]
      : [],
  );
}

function contains(pieces: readonly FragmentPiece[], wanted: Conditional | null): boolean {
  return wanted !== null && conditionalsIn(pieces).includes(wanted);
}
