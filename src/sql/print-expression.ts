import type { WindowExpression } from './window.ts';
import { assertNever, invariant } from '../core/invariant.ts';
import type {
  BoundListExpression,
  ClaimComparison,
  ClaimEncoding,
  Expression,
  ParameterExpression,
  RawExpression,
  RawPart,
} from './ast.ts';
import type { Dialect } from './dialects/dialect.ts';
import { authored, join, own, placeholder, sql, type PrintedText } from './printed.ts';

/** Longer list claims are bound as one parameter, so that no dialect's limit is reached. */
const longList = 1_000;

/** How a source inside an author's text is printed: by the statement printer. */
export type PrintSource = (part: Extract<RawPart, { kind: 'source' }>) => PrintedText;

/** Prints expressions of one dialect. */
export class ExpressionPrinter {
  readonly #dialect: Dialect;
  readonly #printSource: PrintSource;

  constructor(dialect: Dialect, printSource: PrintSource) {
    this.#dialect = dialect;
    this.#printSource = printSource;
  }

  identifier(name: string): PrintedText {
    return own(quoteIdentifier(name, this.#dialect));
  }

  /** As it stands on its own: a column, an argument, a whole condition. */
  print(expression: Expression): PrintedText {
    const { functions } = this.#dialect;
    switch (expression.kind) {
      case 'raw':
        return this.raw(expression);
      case 'column':
        return expression.table === null
          ? this.identifier(expression.name)
          : sql`${this.identifier(expression.table)}.${this.identifier(expression.name)}`;
      case 'star':
        return own('*');
      case 'number':
        return own(printNumber(expression.value));
      case 'string':
        return own(this.#dialect.stringLiteral(expression.value));
      case 'parameter':
        return this.#parameter(expression);
      case 'null':
        return own('NULL');
      case 'constant':
        return own(expression.value ? '1=1' : '1=0');
      case 'comparison':
        return join(
          [this.operand(expression.left), this.operand(expression.right)],
          ` ${expression.operator} `,
        );
      case 'logical':
        return this.#logical(expression.operator, expression.items);
      case 'not':
        return sql`NOT ${this.operand(expression.operand)}`;
      case 'null-test':
        return expression.negated
          ? sql`${this.operand(expression.operand)} IS NOT NULL`
          : sql`${this.operand(expression.operand)} IS NULL`;
      case 'in': {
        const items = join(
          expression.items.map((item) => this.argument(item)),
          ', ',
        );
        const operand = this.operand(expression.operand);
        return expression.negated
          ? sql`${operand} NOT IN (${items})`
          : sql`${operand} IN (${items})`;
      }
      case 'contains': {
        const [operand, needle] = [
          this.operand(expression.operand),
          this.operand(expression.needle),
        ];
        return functions.contains(
          operand,
          needle,
          expression.position,
          expression.negated,
        ) as PrintedText;
      }
      case 'claim-comparison':
        return this.#claimComparison(expression);
      case 'bound-list':
        return this.#boundList(expression);
      case 'case':
        return this.#case(expression);
      case 'cast':
        return functions.cast(this.operand(expression.operand), expression.type) as PrintedText;
      case 'function':
        return functions.call[expression.name](
          expression.args.map((item) => this.argument(item)),
        ) as PrintedText;
      case 'aggregate': {
        const print = functions.aggregate[expression.function];
        invariant(print, `${this.#dialect.name} has no ${expression.function}`);
        return print(this.argument(expression.operand)) as PrintedText;
      }
      case 'window':
        return this.#window(expression);
      case 'truncate':
        return functions.truncate(
          this.argument(expression.operand),
          expression.granularity,
        ) as PrintedText;
      case 'bin':
        return functions.bin(this.argument(expression.operand), expression.bins) as PrintedText;
      case 'wall-time':
        return functions.wallTime(expression.value) as PrintedText;
      case 'local-time':
        return functions.localTime(
          this.operand(expression.operand),
          expression.zone,
          expression.offsets,
        ) as PrintedText;
      case 'instant':
        return functions.instant(this.operand(expression.operand)) as PrintedText;
      default:
        return assertNever(expression);
    }
  }

  /** Next to an operator, or inside an author's text: in brackets unless it is one unit. */
  operand(expression: Expression): PrintedText {
    return isUnit(expression) ? this.print(expression) : sql`(${this.print(expression)})`;
  }

  /** Between commas. */
  argument(expression: Expression): PrintedText {
    return expression.kind === 'raw' && expression.binding === 'list'
      ? sql`(${this.print(expression)})`
      : this.print(expression);
  }

  /** An author's text, the nodes in it printed. */
  raw(expression: RawExpression): PrintedText {
    return join(
      expression.parts.map((part) => this.#part(part)),
      '',
    );
  }

  #part(part: RawPart): PrintedText {
    switch (part.kind) {
      case 'text':
        return authored(part.text, part.origin);
      case 'alias':
        return this.identifier(part.name);
      case 'join':
        return join(
          part.items.map((item) => this.operand(item)),
          part.separator,
        );
      case 'source':
        return this.#printSource(part);
      case 'expression':
        if (part.bare) return this.print(part.expression);
        return part.guard === undefined
          ? this.operand(part.expression)
          : this.#guard(part.expression);
      default:
        return assertNever(part);
    }
  }

  /** A context filter's result: one condition, which its author has put next to others. */
  #guard(expression: Expression): PrintedText {
    if (expression.kind === 'raw') {
      const isTight = expression.binding === 'atom' || expression.binding === 'operators';
      return isTight ? this.print(expression) : sql`(${this.print(expression)})`;
    }
    return this.print(expression);
  }

  #parameter({ source, type }: ParameterExpression): PrintedText {
    const printed = placeholder(source);
    return type === undefined
      ? printed
      : (this.#dialect.functions.cast(printed, type) as PrintedText);
  }

  #logical(operator: 'and' | 'or', items: readonly Expression[]): PrintedText {
    const [first, ...others] = items;
    if (!first) return own(operator === 'and' ? '1=1' : '1=0');
    if (others.length === 0) return this.print(first);
    return join(
      items.map((item) => sql`(${this.print(item)})`),
      operator === 'and' ? ' AND ' : ' OR ',
    );
  }

  #claimComparison({ column, claim, items, item, isBoolean }: ClaimComparison): PrintedText {
    const { traits, functions } = this.#dialect;
    const left = this.operand(column);
    const compare = (operand: PrintedText, encoding: ClaimEncoding): PrintedText => {
      const value = (position: number | null) =>
        placeholder({ kind: 'claim', claim, item: position, encoding });
      if (items === null) return sql`${operand} = ${value(item)}`;
      if (items > longList) {
        const list = placeholder({ kind: 'claim', claim, item: null, encoding, whole: true });
        return functions.inBoundList(operand, list) as PrintedText;
      }
      const list = Array.from({ length: items }, (_, position) => value(position));
      return sql`${operand} IN (${join(list, ', ')})`;
    };
    if (traits.looseEquality === 'none') return compare(left, 'value');
    const first = compare(left, traits.looseEquality === 'folds' ? 'text' : 'value');
    // Compared again as text: '42x' equals 42, and 'Ácme' equals 'acme', for the first alone.
    const numeric = isBoolean === true && traits.booleansAsNumbers;
    const again = compare(
      functions.exactText(left) as PrintedText,
      numeric ? 'exact-boolean' : 'exact',
    );
    return sql`(${first} AND ${again})`;
  }

  #boundList({ operand, source, negated }: BoundListExpression): PrintedText {
    const list = this.#dialect.functions.inBoundList(
      this.operand(operand),
      placeholder(source),
    ) as PrintedText;
    return negated ? sql`NOT (${list})` : list;
  }

  #case(expression: Extract<Expression, { kind: 'case' }>): PrintedText {
    const branches = expression.branches.map(
      (branch) => sql`WHEN ${this.argument(branch.when)} THEN ${this.argument(branch.then)}`,
    );
    const otherwise = expression.otherwise
      ? [sql`ELSE ${this.argument(expression.otherwise)}`]
      : [];
    return sql`CASE ${join([...branches, ...otherwise], ' ')} END`;
  }

  #window(expression: WindowExpression): PrintedText {
    const { operand, partitionBy, orderBy, running } = expression;
    const frame = running ? own(' ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW') : own('');
    const partition = partitionBy.map((item) => this.print(item));
    const order = orderBy.map(({ expression: item, descending }) =>
      descending ? sql`${this.print(item)} DESC` : this.print(item),
    );
    const clauses = [
      ...(partition.length > 0 ? [sql`PARTITION BY ${join(partition, ', ')}`] : []),
      ...(order.length > 0 ? [sql`ORDER BY ${join(order, ', ')}${frame}`] : []),
    ];
    const value =
      expression.function === 'rank'
        ? own('rank()')
        : this.print({ kind: 'aggregate', function: expression.function, operand: operand! });
    return sql`${value} OVER (${join(clauses, ' ')})`;
  }
}

export function quoteIdentifier(name: string, { identifier }: Dialect): string {
  const { open, close } = identifier;
  return open + name.replaceAll(close, close + close) + close;
}

/** Kinds that print as one unit next to any operator. */
const units: ReadonlySet<Expression['kind']> = new Set([
  'column',
  'star',
  'string',
  'parameter',
  'null',
  'case',
  'cast',
  'function',
  'aggregate',
  'truncate',
  'bin',
  'wall-time',
  'local-time',
  'instant',
]);

function isUnit(expression: Expression): boolean {
  if (expression.kind === 'raw') return expression.binding === 'atom';
  return expression.kind === 'number' ? expression.value >= 0 : units.has(expression.kind);
}

function printNumber(value: number): string {
  invariant(Number.isFinite(value), 'a number literal is finite');
  return String(value);
}
