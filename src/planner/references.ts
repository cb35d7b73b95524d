import { ownerOf, type MemberPath } from '../core/names.ts';
import { innerPieces, valueFragments } from '../model/fragments-of.ts';
import type {
  Cube,
  Fragment,
  FragmentPiece,
  Measure,
  Member,
  Model,
  SwitchExpression,
} from '../model/model.ts';

/** What the SQL of a member names: a cube's table, or a member. */
export type Reference =
  | { readonly kind: 'cube'; readonly cube: string }
  | { readonly kind: 'member'; readonly cube: string; readonly path: MemberPath };

/** `value`: what a member is. `filters`: which rows a measure counts, when drilling down. */
export type Use = 'value' | 'filters';

export function findMember(model: Model, path: string): { cube: Cube; member: Member } | undefined {
  const owner = ownerOf(path);
  const cube = model.cubes.get(owner);
  const member = cube?.members.get(path.slice(owner.length + 1));
  return cube && member && { cube, member };
}

/** What a member's own SQL names, once each. */
export function referencesOf(member: Member, cube: Cube, use: Use): Reference[] {
  const fragments = fragmentsFor(member, use);
  const found = fragments.flatMap((fragment) => referencesIn(fragment.pieces));
  const choice = choiceOf(member);
  if (choice && use === 'value') found.push(memberReference(choice.on));
  if (use === 'value' && member.kind === 'measure' && member.type === 'count' && !member.sql) {
    // A count of rows may count the key.
    for (const key of cube.primaryKeys) found.push(memberReference(`${cube.name}.${key}`));
  }
  return found;
}

function fragmentsFor(member: Member, use: Use): readonly Fragment[] {
  if (member.kind !== 'measure') return valueFragments(member);
  return use === 'filters' ? [...member.filters, ...member.drillFilters] : valueFragments(member);
}

/** The choice by the value of a dimension that a member is. */
function choiceOf(member: Member): SwitchExpression | null {
  if (member.kind === 'measure') return member.switch;
  const isChoice = member.kind === 'dimension' && member.expression.kind === 'switch';
  return isChoice ? (member.expression as SwitchExpression) : null;
}

/** What a measure over finished groups names: in its SQL, its choice and its order. */
export function stageReferences(measure: Measure, cube: Cube): Reference[] {
  const orders = measure.multiStage?.orderBy ?? [];
  return [
    ...referencesOf(measure, cube, 'value'),
    ...orders.flatMap((order) => referencesIn(order.sql.pieces)),
  ];
}

export function referencesIn(pieces: readonly FragmentPiece[]): Reference[] {
  const found: Reference[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'cube') found.push({ kind: 'cube', cube: piece.cube });
    else if (piece.kind === 'member') found.push(memberReference(piece.path));
    else for (const inner of innerPieces(piece)) found.push(...referencesIn(inner));
  }
  return found;
}

function memberReference(path: MemberPath): Reference {
  return { kind: 'member', cube: ownerOf(path), path };
}

export function isMeasure(reference: Reference, model: Model): boolean {
  return (
    reference.kind === 'member' && findMember(model, reference.path)?.member.kind === 'measure'
  );
}
