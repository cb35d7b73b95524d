import { memberName, say, word, type Told } from '../core/told.ts';
import { innerPieces, sourceFragment, valueFragments } from '../model/fragments-of.ts';
import type { FragmentPiece, Member, Model } from '../model/model.ts';
import { findMember } from './references.ts';
import { isCalculated } from './split-measures.ts';

/** Why a member cannot be planned yet, itself or for what its SQL names; null when it can. */
export function unsupportedReason(member: Member, model: Model): Told | null {
  return new SupportCheck(model).member(member);
}

class SupportCheck {
  readonly #model: Model;
  readonly #seen = new Set<string>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** A source inside a member's SQL. */
  #cube(name: string): Told | null {
    if (this.#seen.has(name)) return null;
    this.#seen.add(name);
    const cube = this.#model.cubes.get(name)!;
    return this.#pieces(sourceFragment(cube).pieces);
  }

  member(member: Member): Told | null {
    if (this.#seen.has(member.path)) return null;
    this.#seen.add(member.path);
    const feature = featureOf(member);
    if (feature !== null) return say`'${word(feature)}' of ${memberName(member.path)}`;
    return firstOf(valueFragments(member), (fragment) => this.#pieces(fragment.pieces));
  }

  #pieces(pieces: readonly FragmentPiece[]): Told | null {
    return firstOf(pieces, (piece) => {
      if (piece.kind === 'source') return this.#cube(piece.cube);
      const named = piece.kind === 'member' ? findMember(this.#model, piece.path) : undefined;
      if (named) return this.member(named.member);
      return firstOf(innerPieces(piece), (inner) => this.#pieces(inner));
    });
  }
}

function firstOf<T>(items: readonly T[], check: (item: T) => Told | null): Told | null {
  for (const item of items) {
    const reason = check(item);
    if (reason !== null) return reason;
  }
  return null;
}

/** The property of a member that no plan has yet. */
function featureOf(member: Member): 'case' | 'rolling_window' | 'multi_stage' | 'switch' | null {
  if (member.kind === 'segment') return null;
  if (member.kind === 'measure') {
    if (member.switch && isCalculated(member) && !member.multiStage) return 'case';
    if (member.rollingWindow && member.multiStage) return 'rolling_window';
    return null;
  }
  if (member.multiStage) return 'multi_stage';
  return member.type === 'switch' ? 'switch' : null;
}
