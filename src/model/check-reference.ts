import { assertNever } from '../core/invariant.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { FragmentRole } from './fragment-role.ts';
import type { FragmentPiece, Member } from './model.ts';

/** Where a fragment stands, and what it may refer to. */
export interface FragmentSite {
  readonly cube: DeclaredCube;
  /** `Orders.count`, or the cube's name for its source and joins. */
  readonly member: string;
  readonly property: string;
  readonly role: FragmentRole;
  /** Whether the text calculates over finished aggregates at the grain of its own rows. */
  readonly calculated?: boolean;
}

interface Named {
  readonly piece: FragmentPiece;
  readonly cube: DeclaredCube;
  readonly member: Member['kind'] | null;
}

/** Whether a resolved reference may stand where it stands. */
export function checkReference(
  { piece, cube, member }: Named,
  site: FragmentSite,
  span: () => Span,
): Diagnostic | null {
  const target = piece.kind === 'member' ? piece.path : cube.name;
  if (piece.kind === 'source') return null;
  const { role } = site;
  if (role === 'source') {
    return reportModel(
      'model/source-uses-member',
      { cube: site.cube.name, name: target },
      {
        span: span(),
        help:
          piece.kind === 'cube' && cube === site.cube
            ? 'a cube has no rows before its SQL: name the table (SELECT * FROM public.orders), or extend the cube that has them'
            : `name the column itself, or \${${cube.name}.sql()} for the rows of ${cube.name}`,
      },
    );
  }
  if (member !== 'measure') return null;
  switch (role) {
    case 'sub-query':
      return null;
    case 'row':
    case 'join':
      return reportModel(
        'model/dimension-uses-measure',
        { name: site.member, measure: target },
        {
          span: span(),
          ...(cube !== site.cube &&
            role === 'row' && { help: 'a dimension with sub_query: true has it for each row' }),
        },
      );
    case 'aggregate':
      return reportModel(
        'model/nested-aggregate',
        { name: site.member, measure: target },
        { span: span(), help: "measures are combined by a measure of the type 'number'" },
      );
    case 'composition':
      return isRunningTotal(cube, target)
        ? reportModel(
            'model/running-total-reference',
            { name: site.member, measure: target },
            { span: span() },
          )
        : null;
    default:
      return assertNever(role);
  }
}

function isRunningTotal(cube: DeclaredCube, path: string): boolean {
  const value = cube.members.get(path.slice(cube.name.length + 1))?.value;
  const type = value?.kind === 'object' ? value.entries.get('type') : undefined;
  return (
    type?.kind === 'scalar' && (type.value === 'runningTotal' || type.value === 'running_total')
  );
}
