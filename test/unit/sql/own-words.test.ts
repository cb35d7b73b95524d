import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/sql/dialects/registry.ts';
import type { DialectName } from '../../../src/sql/dialects/dialect.ts';
import { ownNames } from '../../../src/sql/own-words.ts';

/** Texts with `§` for a hole; what each names: `x` a column, `x()` an aggregate, and where it stands. */
function read(text: string, dialect: DialectName = 'postgres'): string[] {
  const pieces = text
    .split('§')
    .flatMap((part, index) => [
      ...(index > 0 ? [{ kind: 'hole', id: index } as const] : []),
      ...(part === '' ? [] : [{ kind: 'text', text: part } as const]),
    ]);
  return ownNames(pieces, dialects.get(dialect)!.lexical).flatMap((name) =>
    name.kind === 'hole' || name.within === 'query'
      ? []
      : [`${name.text}${name.kind === 'aggregate' ? '()' : ''} ${name.within}`],
  );
}

describe('a text that only calculates with its holes names nothing', () => {
  test.for([
    `concat('a', §, 'b')`,
    `format('%s of %s', §, §)`,
    `to_char(§, 'FM999')`,
    `lpad(§::text, 5, '0')`,
    `lpad(cast(§ AS varchar(10)), 5, '0')`,
    `CAST(§ AS DECIMAL(10, 2)) / NULLIF(§, 0)`,
    `§::double precision / §::numeric(10,2)`,
    `EXTRACT(EPOCH FROM § - §)`,
    `extract(day from §)`,
    `§ + INTERVAL '1 day'`,
    `§ + interval 1 day`,
    `§ AT TIME ZONE 'Europe/Berlin'`,
    `CASE WHEN § > 0 THEN § ELSE NULL END`,
    `E'it\\'s' || §`,
    `x'00ff' || §`,
    `$$ a b $$ || §`,
    `-- a column\n§ /* and another */ + §`,
    `my_function(§, §)`,
    `analytics.ratio(§, §)`,
    `§ IS DISTINCT FROM §`,
    `DATE '2024-01-01' < §`,
    `(SELECT max(a) FROM b WHERE c > 1) / §`,
    `date_diff('day', §, §)`,
    `§ BETWEEN 1 AND 2 AND NOT § IN (1, 2)`,
  ])('%s', (text) => {
    expect(read(text)).toEqual([]);
  });

  test('# opens a comment where the dialect says so', () => {
    expect(read('§ # a column\n + §', 'mysql')).toEqual([]);
    expect(read('`a` + §', 'mysql')).toEqual(['`a` open']);
    expect(read('"a text" || §', 'mysql')).toEqual([]);
    expect(read('"a column" || §')).toEqual(['"a column" open']);
  });
});

describe('columns and aggregates are found where they stand', () => {
  test.for([
    ['§ / amount', ['amount open']],
    ['§ / §.amount', ['amount open']],
    ['§ / orders.amount', ['amount open']],
    ['§ / "Amount"', ['"Amount" open']],
    ['§ / sum(amount)', ['sum() open', 'amount aggregate']],
    ['§ / SUM(DISTINCT amount)', ['SUM() open', 'amount aggregate']],
    ['§ / count(*) FILTER (WHERE paid)', ['count() open', 'paid aggregate']],
    ['§ / sum(§) OVER (PARTITION BY §)', ['sum() window']],
    ['§ / sum(§) FILTER (WHERE § > 1) OVER ()', ['sum() window']],
    ['§ / round(amount, 2)', ['amount open']],
    ['§ / my_aggregate(amount)', ['amount unknown']],
    ['coalesce(§, amount)', ['amount open']],
    [
      'percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)',
      ['percentile_cont() open', 'amount aggregate'],
    ],
    [`E'it\\'s' || status`, ['status open']],
    [`$x$ ' $x$ || status`, ['status open']],
  ] as const)('%s', ([text, names]) => {
    expect(read(text)).toEqual(names);
  });
});

test('a hole that is the whole argument of a function of texts or times says of which', () => {
  const holes = (text: string) => {
    const [before = '', after = ''] = text.split('§');
    const pieces = [
      { kind: 'text', text: before },
      { kind: 'hole', id: 7 },
      { kind: 'text', text: after },
    ] as const;
    return ownNames(pieces, dialects.get('postgres')!.lexical).find(({ kind }) => kind === 'hole')!
      .argumentOf;
  };
  expect(holes(`date_trunc('day', §)`)).toBe('date_trunc');
  expect(holes(`lower(§)`)).toBe('lower');
  expect(holes(`coalesce(§, true)`)).toBeNull();
  expect(holes(`(§)`)).toBeNull();
  expect(holes(`lower(CASE WHEN § THEN 'a' END)`)).toBeNull();
  expect(holes(`my_function(§)`)).toBeNull();
});

test('reading is linear in the length of the text', () => {
  const steps = (count: number) => {
    const text = 'sum('.repeat(count) + '§ + a' + ')'.repeat(count);
    const before = process.cpuUsage();
    read(text);
    return process.cpuUsage(before).user;
  };
  steps(1_000);
  expect(steps(40_000)).toBeLessThan(2_000_000);
});
