import { auditPolicies, type PolicyAudit } from './audit-policies.ts';
import { fragmentsOf, innerPieces, sourceFragment } from './fragments-of.ts';
import type { Cube, Fragment, FragmentPiece, Model } from './model.ts';

/** Where and how a schema uses security contexts. */
export interface ModelAudit {
  readonly cubes: readonly {
    readonly name: string;
    /** Whether the cube's own `sql` has a context filter: its rows depend on the user. */
    readonly protected: boolean;
  }[];
  readonly uses: readonly ContextUse[];
  /** In the order of their cubes and views, and of each one's policies. */
  readonly policies: readonly PolicyAudit[];
}

export interface ContextUse {
  /** `Orders` for a cube's own source and joins, else the member. */
  readonly member: string;
  readonly property: string;
  readonly file: string;
  readonly kind: 'filter' | 'claim' | 'unsafeValue' | 'conditional' | 'dynamic';
  /** Empty for a dynamic value: which claims it reads is only known when it is evaluated. */
  readonly claim: string;
  /** Of a filter: whether an absent claim is an error. */
  readonly required: boolean;
  /** Only a filter in a cube's own source restricts which rows there are. */
  readonly position: 'source' | 'join' | 'member';
}

export function auditModel(model: Model): ModelAudit {
  const cubes = [...model.cubes.values()];
  const uses = cubes.flatMap(usesOfCube);
  return {
    cubes: cubes.map((cube) => ({
      name: cube.name,
      protected: isProtected(sourceFragment(cube).pieces),
    })),
    uses,
    policies: auditPolicies(model),
  };
}

/** Whether there is a filter, whatever a user's claims are. */
function isProtected(pieces: readonly FragmentPiece[]): boolean {
  return pieces.some((piece) => {
    if (piece.kind === 'conditional')
      return isProtected(piece.then) && isProtected(piece.otherwise);
    return piece.kind === 'filter';
  });
}

function usesOfCube(cube: Cube): ContextUse[] {
  return [
    ...usesIn(sourceFragment(cube), 'source'),
    ...cube.joins.flatMap((join) => usesIn(join.sql, 'join')),
    ...[...cube.members.values()].flatMap((member) =>
      fragmentsOf(member).flatMap((fragment) => usesIn(fragment, 'member')),
    ),
  ];
}

function usesIn(fragment: Fragment, position: ContextUse['position']): ContextUse[] {
  const { member, property, file } = fragment;
  const place = { member, property, file, position };
  const walk = (pieces: readonly FragmentPiece[]): ContextUse[] =>
    pieces.flatMap((piece): ContextUse[] => {
      switch (piece.kind) {
        case 'claim':
        case 'unsafe': {
          const kind = piece.kind === 'claim' ? 'claim' : 'unsafeValue';
          return [{ ...place, kind, claim: piece.claim.join('.'), required: true }];
        }
        case 'filter': {
          const { required, claim } = piece;
          const use = { ...place, kind: 'filter', claim: claim.join('.'), required } as const;
          return [use, ...innerPieces(piece).flatMap(walk)];
        }
        case 'dynamic':
          return [{ ...place, kind: 'dynamic', claim: '', required: false }];
        case 'conditional': {
          const claim = piece.test.claim.join('.');
          const use = { ...place, kind: 'conditional', claim, required: false } as const;
          return [use, ...innerPieces(piece).flatMap(walk)];
        }
        default:
          return innerPieces(piece).flatMap(walk);
      }
    });
  return walk(fragment.pieces);
}
