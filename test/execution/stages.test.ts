import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, QueryError, type Schema } from '../../src/index.ts';
import { buyers, sales, salesDrivers } from '../support/sales-rows.ts';

const folder = fileURLToPath(new URL('../../fixtures/models/stages', import.meta.url));

type Sale = (typeof sales)[number];
type Buyer = (typeof buyers)[number];

const amounts = (rows: readonly Sale[]) =>
  rows.map((row) => row.amount).filter((amount) => amount !== null);
/** As SQL sums: null over nothing. */
const sum = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
const of = (buyer: Buyer, rows: readonly Sale[] = sales) =>
  rows.filter((row) => row.buyer_id === buyer.id);
const buyerOf = (sale: Sale) => buyers.find((buyer) => buyer.id === sale.buyer_id);
const spent = (buyer: Buyer, rows?: readonly Sale[]) => sum(amounts(of(buyer, rows)));

let schema: Schema;
const drivers = salesDrivers();
beforeAll(async () => {
  schema = await compileSchema(folder);
});
afterAll(() => Promise.all([schema.close(), ...drivers.map((driver) => driver.close())]));

/** The rows of a query, equal on every engine, in no order. */
async function rowsOf(query: object, securityContext: object = {}): Promise<unknown[][]> {
  const answers: unknown[][][] = [];
  for (const { dialect, query: run } of drivers.map((driver) => ({
    dialect: driver.dialect,
    query: driver.query.bind(driver),
  }))) {
    const { sql, params, columns } = await schema.generateSql(query, { dialect, securityContext });
    const { rows } = await run(sql, params);
    answers.push(
      rows
        .map((row) =>
          row.map((value, index) =>
            value !== null && columns[index]!.type === 'number'
              ? Number(Number(value).toPrecision(10))
              : value,
          ),
        )
        .sort(byText),
    );
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0]!;
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

function sorted(rows: readonly (readonly unknown[])[]): unknown[][] {
  return rows.map((row) => [...row]).sort(byText);
}

async function refusal(query: object): Promise<string> {
  const error: unknown = await schema.generateSql(query).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QueryError);
  return (error as QueryError).code;
}

describe('a dimension that is computed in a query of its own', () => {
  test('has its value for each row, whoever has none', async () => {
    const dimensions = ['Buyers.name', 'Buyers.sales', 'Buyers.spent', 'Buyers.band'];
    expect(await rowsOf({ dimensions })).toEqual(
      sorted(
        buyers.map((buyer) => [
          buyer.name,
          of(buyer).length,
          spent(buyer),
          (spent(buyer) ?? 0) >= 100 ? 'large' : 'small',
        ]),
      ),
    );
  });

  test('several of its measures are calculated together', async () => {
    const rows = await rowsOf({ dimensions: ['Buyers.name', 'Buyers.each'] });
    const each = (buyer: Buyer) => {
      const total = spent(buyer);
      return total === null ? null : total / of(buyer).length;
    };
    expect(rows).toEqual(sorted(buyers.map((buyer) => [buyer.name, each(buyer)])));
  });

  test('can be summed, counted and filtered by, whatever joins multiply its cube', async () => {
    const measures = ['Buyers.spentOfAll', 'Buyers.regulars', 'Buyers.count'];
    const measured = (list: readonly Buyer[]) => [
      sum(list.map((buyer) => spent(buyer)).filter((value) => value !== null)),
      list.filter((buyer) => of(buyer).length > 1).length,
      list.length,
    ];
    expect(await rowsOf({ measures })).toEqual([measured(buyers)]);
    const statuses = ['paid', 'open', null] as const;
    const withStatus = (status: Sale['status']) =>
      buyers.filter((buyer) => of(buyer).some((sale) => sale.status === status));
    // A buyer without sales stands in the group without a status.
    const found = statuses.map((status) => [
      status,
      ...measured(
        status === null
          ? buyers.filter(
              (buyer) => of(buyer).length === 0 || of(buyer).some((sale) => sale.status === null),
            )
          : withStatus(status),
      ),
    ]);
    expect(await rowsOf({ measures, dimensions: ['Sales.status'] })).toEqual(
      expect.arrayContaining(found),
    );
    const filters = [{ member: 'Buyers.spent', operator: 'gt', values: [50] }];
    expect(await rowsOf({ measures, filters })).toEqual([
      measured(buyers.filter((buyer) => (spent(buyer) ?? 0) > 50)),
    ]);
  });

  test('takes the conditions of the query where it says so', async () => {
    const filters = [{ member: 'Sales.status', operator: 'equals', values: ['paid'] }];
    const dimensions = ['Sales.id', 'Buyers.spent', 'Buyers.spentHere'];
    const paid = sales.filter((sale) => sale.status === 'paid');
    expect(await rowsOf({ dimensions, filters })).toEqual(
      sorted(
        paid.map((sale) => {
          const buyer = buyerOf(sale);
          return [sale.id, buyer ? spent(buyer) : null, buyer ? spent(buyer, paid) : null];
        }),
      ),
    );
  });

  test('a condition on itself is not one inside', async () => {
    const filters = [{ member: 'Buyers.spentHere', operator: 'gt', values: [50] }];
    expect(await rowsOf({ dimensions: ['Buyers.name', 'Buyers.spentHere'], filters })).toEqual(
      sorted(
        buyers
          .filter((buyer) => (spent(buyer) ?? 0) > 50)
          .map((buyer) => [buyer.name, spent(buyer)]),
      ),
    );
  });

  test('reaches measures of joined cubes, and those that are sub-queries themselves', async () => {
    expect(await rowsOf({ measures: ['Sales.ofLargeBuyers'] })).toEqual([
      [
        sum(
          amounts(
            sales.filter((sale) => {
              const buyer = buyerOf(sale);
              return buyer !== undefined && (spent(buyer) ?? 0) >= 100;
            }),
          ),
        ),
      ],
    ]);
    expect(await rowsOf({ dimensions: ['Sales.id', 'Sales.spentInCity'] })).toEqual(
      sorted(
        sales.map((sale) => {
          const buyer = buyerOf(sale);
          return [sale.id, buyer ? spent(buyer) : null];
        }),
      ),
    );
  });

  test('sees the rows that the user sees', async () => {
    const query = { dimensions: ['Sales.id', 'Buyers.spent'] };
    const inBonn = (sale: Sale) => buyerOf(sale)?.city === 'Bonn';
    expect(await rowsOf(query, { city: 'Bonn' })).toEqual(
      sorted(sales.map((sale) => [sale.id, inBonn(sale) ? 40 : null])),
    );
  });

  test('needs a primary key of its cube', async () => {
    expect(await refusal({ dimensions: ['Keyless.sales'] })).toBe('query/no-primary-key');
  });
});

describe('a measure over finished groups', () => {
  interface Group {
    readonly country: string | null;
    readonly city: string | null;
    readonly rows: readonly Sale[];
  }
  const place = (sale: Sale) => {
    const { country = null, city = null } = buyerOf(sale) ?? {};
    return { country, city };
  };
  function groupsOf(rows: readonly Sale[]): Group[] {
    const groups = new Map<string, Group>();
    for (const sale of rows) {
      const key = JSON.stringify(place(sale));
      const group = groups.get(key) ?? { ...place(sale), rows: [] };
      groups.set(key, { ...group, rows: [...group.rows, sale] });
    }
    return [...groups.values()];
  }
  const revenue = (rows: readonly Sale[]) => sum(amounts(rows));
  const rounded = (value: number | null) => value && Number(value.toPrecision(10));
  const byPlace = ['Buyers.country', 'Buyers.city'];
  const groups = groupsOf(sales);

  test('is over the groups that agree in what it groups by, or in what it does not leave out', async () => {
    const measures = ['Sales.revenue', 'Sales.ofCountry', 'Sales.ofAll', 'Sales.bestCity'];
    const rows = await rowsOf({ measures, dimensions: byPlace });
    const ofCountry = (group: Group) =>
      sales.filter((sale) => place(sale).country === group.country);
    const cities = (group: Group) => groups.filter((other) => other.country === group.country);
    expect(rows).toEqual(
      sorted(
        groups.map((group) => [
          group.country,
          group.city,
          revenue(group.rows),
          revenue(ofCountry(group)),
          revenue(sales),
          Math.max(...cities(group).map((other) => revenue(other.rows)!)),
        ]),
      ),
    );
  });

  test('is the same whatever is selected beside it', async () => {
    const alone = await rowsOf({ measures: ['Sales.share'], dimensions: byPlace });
    const beside = await rowsOf({
      measures: ['Sales.share', 'Sales.perBuyer', 'Buyers.count', 'Sales.place'],
      dimensions: byPlace,
    });
    const shares = new Map(beside.map((row) => [JSON.stringify(row.slice(0, 2)), row[2]]));
    for (const row of alone) expect(shares.get(JSON.stringify(row.slice(0, 2)))).toBe(row[2]);
  });

  test('can be a share of a total, in one stage or in several', async () => {
    const rows = await rowsOf({
      measures: ['Sales.share', 'Sales.shareOfCountry', 'Sales.placeByShare'],
      dimensions: ['Buyers.country'],
    });
    const countries = [...new Set(groups.map((group) => group.country))];
    const shareOf = (country: string | null) =>
      revenue(sales.filter((sale) => place(sale).country === country))! / revenue(sales)!;
    expect(rows).toEqual(
      sorted(
        countries.map((country) => [
          country,
          rounded(shareOf(country)),
          1,
          1 + countries.filter((other) => shareOf(other) < shareOf(country)).length,
        ]),
      ),
    );
  });

  test('can be a rank, with equal places for equal values', async () => {
    const rows = await rowsOf({ measures: ['Sales.place'], dimensions: byPlace });
    expect(rows).toEqual(
      sorted(
        groups.map((group) => [
          group.country,
          group.city,
          1 +
            groups.filter(
              (other) =>
                other.country === group.country && revenue(other.rows)! > revenue(group.rows)!,
            ).length,
        ]),
      ),
    );
  });

  test('can be over groups of a finer grain', async () => {
    const measures = ['Sales.perBuyer', 'Sales.bestBuyer', 'Sales.aboveAverage', 'Sales.bestShare'];
    const perBuyer = (rows: readonly Sale[]) => {
      const ids = [...new Set(rows.map((sale) => buyerOf(sale)?.id ?? null))];
      return ids
        .map((id) => revenue(rows.filter((sale) => (buyerOf(sale)?.id ?? null) === id)))
        .filter((value) => value !== null);
    };
    const measured = (rows: readonly Sale[]) => {
      const values = perBuyer(rows);
      const average = sum(values)! / values.length;
      const best = Math.max(...values);
      return [average, best, best - average, best / revenue(sales)!].map(rounded);
    };
    expect(await rowsOf({ measures })).toEqual([measured(sales)]);
    expect(await rowsOf({ measures, dimensions: ['Buyers.country'] })).toEqual(
      sorted(
        [...new Set(groups.map((group) => group.country))].map((country) => [
          country,
          ...measured(sales.filter((sale) => place(sale).country === country)),
        ]),
      ),
    );
  });

  test('obeys conditions on rows in every stage, and those on measures at the end', async () => {
    const rows = [{ member: 'Sales.status', operator: 'equals', values: ['paid'] }];
    const paid = sales.filter((sale) => sale.status === 'paid');
    const query = { measures: ['Sales.revenue', 'Sales.ofAll'], dimensions: byPlace };
    expect(await rowsOf({ ...query, filters: rows })).toEqual(
      sorted(
        groupsOf(paid).map((group) => [
          group.country,
          group.city,
          revenue(group.rows),
          revenue(paid),
        ]),
      ),
    );
    const filters = [
      { member: 'Sales.revenue', operator: 'gt', values: [50] },
      { member: 'Sales.share', operator: 'lt', values: [0.4] },
    ];
    expect(await rowsOf({ ...query, filters })).toEqual(
      sorted(
        groups
          .filter((group) => {
            const value = revenue(group.rows)!;
            return value > 50 && value / revenue(sales)! < 0.4;
          })
          .map((group) => [group.country, group.city, revenue(group.rows), revenue(sales)]),
      ),
    );
  });

  test('counts its rows, and calculates with measures of several cubes', async () => {
    const query = { measures: ['Sales.perSale'], dimensions: ['Buyers.country'] };
    expect(await rowsOf(query)).toContainEqual(['DE', rounded(revenue(sales)! / 3)]);
    const { total } = await schema.generateSql(
      { ...query, limit: 1, total: true },
      { dialect: 'duckdb', securityContext: {} },
    );
    const { rows } = await drivers[0]!.query(total!.sql, total!.params);
    expect(Number(rows[0]![0])).toBe(3);
  });

  test.for([
    'filteredStage',
    'numberWithGroups',
    'ofRows',
    'ofStatus',
    'ofNothing',
    'bothWays',
    'distinctOfAll',
  ])('%s is refused with the reason', async (name) => {
    expect(await refusal({ measures: [`Sales.${name}`] })).toBe('query/multi-stage');
  });

  test('names a dimension by which is grouped', async () => {
    const query = { measures: ['Sales.ofStatus'], dimensions: ['Sales.status'] };
    expect(await rowsOf(query)).toEqual(
      sorted([
        ['open', null],
        ['paid', 185],
        [null, null],
      ]),
    );
  });
});

test('a choice by the value of a dimension', async () => {
  const weight = (sale: Sale) => ({ paid: 1, open: 10 })[sale.status as 'paid' | 'open'] ?? 0;
  const weighed = sum(sales.map((sale) => (sale.amount ?? 0) * weight(sale)));
  const valued = sum(amounts(sales))! + sales.length;
  expect(await rowsOf({ measures: ['Sales.weighed', 'Sales.valued'] })).toEqual([
    [weighed, valued],
  ]);
  expect(await rowsOf({ dimensions: ['Sales.id', 'Sales.step'] })).toEqual(
    sorted(sales.map((sale) => [sale.id, sale.status === 'paid' ? 'done' : 'to do'])),
  );
});

test('a dimension that a view has on two paths is not guessed at', async () => {
  const content = `
    cube('Trips', { sql_table: 'trips',
      joins: { Starts: { relationship: 'many_to_one', sql: \`\${CUBE}.a = \${Starts}.id\` },
               Ends: { relationship: 'many_to_one', sql: \`\${CUBE}.b = \${Ends}.id\` } },
      measures: { count: { type: 'count' },
        all: { type: 'sum', sql: \`\${count}\`, multi_stage: true, reduce_by: [Cities.name] } } });
    for (const name of ['Starts', 'Ends']) cube(name, { sql_table: name,
      joins: { Cities: { relationship: 'many_to_one', sql: \`\${CUBE}.city = \${Cities}.id\` } },
      dimensions: { id: { sql: 'id', type: 'number', primary_key: true } } });
    cube('Cities', { sql_table: 'cities', dimensions: { name: { sql: 'name', type: 'string' } } });
    view('Travel', { cubes: [
      { join_path: 'Trips', includes: '*' },
      { join_path: 'Trips.Starts.Cities', includes: ['name'], alias: 'from', prefix: true },
      { join_path: 'Trips.Ends.Cities', includes: ['name'], alias: 'to', prefix: true } ] });`;
  await using travel = await compileSchema({ files: [{ path: 'Trips.js', content }] });
  const query = { measures: ['Travel.all'], dimensions: ['Travel.from_name', 'Travel.to_name'] };
  await expect(travel.generateSql(query)).rejects.toThrow(
    /multi-stage measure Travel\.all names Cities\.name, which stands in the query on several paths \(Travel\.from_name, Travel\.to_name\)/,
  );
});
