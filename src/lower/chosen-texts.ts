import type { ClaimTest } from '../core/claim-test.ts';
import { chooseBranches, hasBranches } from '../model/branches.ts';
import type { FragmentPiece } from '../model/model.ts';

/** The texts of a model for users for whom the same tests hold. Equal texts are the same arrays. */
export class ChosenTexts {
  readonly #holds: (test: ClaimTest) => boolean;
  readonly #chosen = new WeakMap<readonly FragmentPiece[], readonly FragmentPiece[]>();

  constructor(holds: (test: ClaimTest) => boolean) {
    this.#holds = holds;
  }

  of(pieces: readonly FragmentPiece[]): readonly FragmentPiece[] {
    if (!hasBranches(pieces)) return pieces;
    const known = this.#chosen.get(pieces);
    if (known) return known;
    const chosen = chooseBranches(pieces, ({ test }) => this.#holds(test));
    this.#chosen.set(pieces, chosen);
    return chosen;
  }
}
