import { assertNever, InternalError, invariant } from '../core/invariant.ts';
import { ownerOf, underscore, type MemberPath } from '../core/names.ts';
import { memberName, say, word } from '../core/told.ts';
import type {
  CaseLabel,
  Cube,
  Dimension,
  Fragment,
  Measure,
  Member,
  SwitchExpression,
} from '../model/model.ts';
import { askedName, isMaskedName } from '../planner/masks.ts';
import { QueryError } from '../planner/query-error.ts';
import { findMember as findInModel } from '../planner/references.ts';
import type { AggregateFunction, Expression } from '../sql/ast.ts';
import type { WindowOrder } from '../sql/window.ts';
import { guarded } from './guarded.ts';
import { lowerFragment } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';
import type { RowScope } from './row-scope.ts';

export function findMember(path: MemberPath, lowering: Lowering): { cube: Cube; member: Member } {
  const found = findInModel(lowering.model, path);
  invariant(found, `plan names ${path}, which the model does not have`);
  return found;
}

/** What a column of the result is called after: a member of a cube, or of a view. */
export function findColumn(name: MemberPath, { model }: Lowering) {
  const path = askedName(name);
  const ownerName = ownerOf(path);
  const owner = model.cubes.get(ownerName) ?? model.views.get(ownerName);
  const member = owner?.members.get(path.slice(ownerName.length + 1));
  invariant(owner && member, `plan names ${path}, which the model does not have`);
  const alias = 'alias' in owner ? owner.alias : underscore(owner.name);
  return { owner: { alias }, member };
}

/**
 * The SQL of a member: a column expression, an aggregate, or a segment's condition. `scope` is that of
 * the member's own cube.
 */
export function lowerMember(path: MemberPath, lowering: Lowering, scope: RowScope): Expression {
  const expression = lowerValue(path, lowering, scope);
  return isMaskedName(path) ? guarded(expression, `mask ${askedName(path)}`) : expression;
}

function lowerValue(path: MemberPath, lowering: Lowering, scope: RowScope): Expression {
  const { cube, member } = findMember(path, lowering);
  switch (member.kind) {
    case 'dimension':
      return lowerDimension(cube, member, lowering, scope);
    case 'measure':
      return lowerMeasure(cube, member, lowering, scope);
    case 'segment':
      return lowerIn(cube, member.sql, lowering, scope);
    default:
      return assertNever(member);
  }
}

function lowerDimension(
  cube: Cube,
  dimension: Dimension,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  const { expression } = dimension;
  switch (expression.kind) {
    case 'sql':
      return lowerIn(cube, expression.sql, lowering, scope);
    case 'case':
      return {
        kind: 'case',
        branches: expression.when.map((branch) => ({
          when: lowerIn(cube, branch.sql, lowering, scope),
          then: lowerLabel(cube, branch.label, lowering, scope),
        })),
        otherwise: expression.otherwise && lowerLabel(cube, expression.otherwise, lowering, scope),
      };
    case 'geo':
      return {
        kind: 'function',
        name: 'concat',
        args: [
          lowerIn(cube, expression.latitude, lowering, scope),
          { kind: 'string', value: ',' },
          lowerIn(cube, expression.longitude, lowering, scope),
        ],
      };
    case 'switch':
      return lowerSwitch(cube, expression, lowering, scope);
    case 'values':
      throw new InternalError(`${dimension.path} was planned, and has no SQL of its own`);
    default:
      return assertNever(expression);
  }
}

/** By the value of another dimension, which is compared with texts. */
function lowerSwitch(
  cube: Cube,
  { on, when, otherwise }: SwitchExpression,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  return {
    kind: 'case',
    branches: when.map(({ value, sql }) => ({
      when: {
        kind: 'comparison',
        operator: '=',
        left: scope.member(on),
        right: { kind: 'string', value },
      },
      then: lowerIn(cube, sql, lowering, scope),
    })),
    otherwise: otherwise && lowerIn(cube, otherwise, lowering, scope),
  };
}

/** What a rank is by. */
export function lowerStageOrder(
  measure: Measure,
  lowering: Lowering,
  scope: RowScope,
): WindowOrder[] {
  const { cube } = findMember(measure.path, lowering);
  return measure.multiStage!.orderBy.map(({ sql, direction }) => ({
    expression: lowerIn(cube, sql, lowering, scope),
    descending: direction === 'desc',
  }));
}

function lowerLabel(cube: Cube, label: CaseLabel, lowering: Lowering, scope: RowScope): Expression {
  return label.kind === 'text'
    ? { kind: 'string', value: label.text }
    : lowerIn(cube, label.sql, lowering, scope);
}

const aggregates: Readonly<Partial<Record<Measure['type'], AggregateFunction>>> = {
  count: 'count',
  countDistinct: 'count-distinct',
  countDistinctApprox: 'count-distinct-approximate',
  sum: 'sum',
  avg: 'avg',
  min: 'min',
  max: 'max',
  runningTotal: 'sum',
};

function lowerMeasure(
  cube: Cube,
  measure: Measure,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  const name = aggregates[measure.type];
  if (name === undefined) return lowerMeasureSql(cube, measure, lowering, scope)!;
  if (lowering.dialect.functions.aggregate[name] === null) {
    throw new QueryError([
      {
        code: 'query/unsupported-function',
        path: '',
        message: say`${memberName(measure.path)} counts distinct values approximately, which ${word(lowering.dialect.name)} cannot do; use the type countDistinct there`,
      },
    ]);
  }
  const operand = measureOperand(cube, measure, lowering, scope);
  return {
    kind: 'aggregate',
    function: name,
    operand: filtered(cube, measure, operand, lowering, scope),
  };
}

/** The rows that a measure counts, for drilling down: its filters, and those for drilling alone. */
export function lowerMeasureFilters(
  path: MemberPath,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  const { cube, member } = findMember(path, lowering);
  const filters = member.kind === 'measure' ? [...member.filters, ...member.drillFilters] : [];
  const items = filters.map((filter) => lowerIn(cube, filter, lowering, scope));
  return { kind: 'logical', operator: 'and', items };
}

/** `*` for a count of rows; a count of a cube with one primary key counts that key. */
function measureOperand(
  cube: Cube,
  measure: Measure,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  const written = lowerMeasureSql(cube, measure, lowering, scope);
  if (written) return written;
  const [key, ...others] = cube.primaryKeys;
  if (key === undefined || others.length > 0) return { kind: 'star' };
  return scope.member(`${cube.name}.${key}`);
}

/** null for a count of rows. */
function lowerMeasureSql(
  cube: Cube,
  { sql, switch: choice }: Measure,
  lowering: Lowering,
  scope: RowScope,
): Expression | null {
  if (choice) return lowerSwitch(cube, choice, lowering, scope);
  return sql && lowerIn(cube, sql, lowering, scope);
}

function filtered(
  cube: Cube,
  measure: Measure,
  operand: Expression,
  lowering: Lowering,
  scope: RowScope,
): Expression {
  if (measure.filters.length === 0) return operand;
  const items = measure.filters.map((filter) => lowerIn(cube, filter, lowering, scope));
  const then: Expression = operand.kind === 'star' ? { kind: 'number', value: 1 } : operand;
  return {
    kind: 'case',
    branches: [{ when: { kind: 'logical', operator: 'and', items }, then }],
    otherwise: null,
  };
}

function lowerIn(cube: Cube, fragment: Fragment, lowering: Lowering, scope: RowScope): Expression {
  return lowerFragment(
    fragment.pieces,
    {
      member: fragment.member,
      property: fragment.property,
      file: fragment.file,
      position: 'member',
      scope,
      columnOf: cube.name,
    },
    lowering,
  );
}
