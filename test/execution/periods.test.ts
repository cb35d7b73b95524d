import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intervalRule, nextPeriod, periodStart, wallText } from '../../src/planner/time/periods.ts';
import { parseInterval } from '../../src/model/interval.ts';
import type { Expression, Select } from '../../src/sql/ast.ts';
import type { Bins } from '../../src/sql/time-ast.ts';
import { dialects } from '../../src/sql/dialects/registry.ts';
import { printSelect } from '../../src/sql/printer.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';

const rules = [
  { interval: '15 minutes', origin: null, offset: null },
  { interval: '1 week', origin: null, offset: '-1 day' },
  { interval: '10 days', origin: '2030-06-15T12:34:56.000', offset: null },
  { interval: '1 year', origin: null, offset: '-3 months' },
  { interval: '1 quarter', origin: null, offset: '1 month 10 days' },
  { interval: '5 months', origin: '2024-01-31T06:30:00.000', offset: null },
] as const;

/** Around the ends of months, leap days, before and after every origin. */
const times = [1969, 1999, 2000, 2023, 2024, 2031].flatMap((year) =>
  [0, 1, 2, 5, 9, 11].flatMap((month) =>
    [1, 14, 15, 28, 31].map((day) => Date.UTC(year, month, day, 6, 29 + (day % 3), 59, 500)),
  ),
);

describe('custom periods as every engine cuts them', () => {
  let engines: readonly Engine[];
  beforeAll(async () => {
    engines = await Promise.all([openDuckDb(), openSqlite()]);
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));

  test.for(rules)('$interval from $origin, $offset', async ({ interval, origin, offset }) => {
    const rule = intervalRule({
      kind: 'interval',
      interval: parseInterval(interval)!,
      origin,
      offset: offset === null ? null : parseInterval(offset),
    });
    if (rule?.kind !== 'bins') throw new Error('these are bins');
    const expected = times.map((time) => wallText(periodStart(rule, time)));
    for (const time of times) {
      const start = periodStart(rule, time);
      const next = nextPeriod(rule, start);
      expect([periodStart(rule, next - 1), periodStart(rule, next)]).toEqual([start, next]);
    }
    for (const engine of engines) {
      const { text } = printSelect(binned(rule.bins), dialects.get(engine.dialect)!);
      const [row] = await engine.query(text, []);
      expect(row, engine.dialect).toEqual(expected);
    }
  });
});

function binned(bins: Bins): Select {
  const columns = times.map((time, index) => {
    const operand: Expression = { kind: 'wall-time', value: wallText(time) };
    return { expression: { kind: 'bin', bins, operand } as const, alias: `t${index}` };
  });
  return {
    kind: 'select',
    distinct: false,
    columns,
    from: {
      source: { kind: 'rows', columns: ['one'], rows: [[{ kind: 'number', value: 1 }]] },
      alias: 'one',
    },
    joins: [],
    where: null,
    groupBy: [],
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
  };
}
