import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  compileSchema,
  SecurityContextError,
  type GeneratedSql,
  type MissingContext,
  type Schema,
} from '../src/index.ts';
import { DriverError, type Driver, type QueryResult } from '../src/drivers/index.ts';
import { openFlights } from './flights.ts';
import { styleFor, type Style } from './style.ts';
import { renderTable } from './table.ts';

interface Scene {
  readonly title: string;
  readonly query: object;
  readonly context: unknown;
  readonly missingContext?: MissingContext;
}

const destinations = {
  measures: ['Flights.departures', 'Flights.averageDelay'],
  dimensions: ['Flights.city'],
  order: { 'Flights.departures': 'desc' },
  limit: 5,
};

const months = {
  measures: ['Flights.departures', 'Flights.lateShare'],
  timeDimensions: [
    {
      dimension: 'Flights.departure',
      granularity: 'month',
      dateRange: ['2001-01-01', '2001-06-30'],
    },
  ],
};

const scenes: readonly Scene[] = [
  { title: 'The manager of Seattle', query: destinations, context: { airport: 'SEA' } },
  { title: 'The same manager, another question', query: months, context: { airport: 'SEA' } },
  {
    title: 'A manager of two airports',
    query: destinations,
    context: { airport: ['SEA', 'PDX'] },
  },
  {
    title: 'No claim: the filter does not apply (the documented default)',
    query: destinations,
    context: {},
  },
  {
    title: "No claim, with missingContext: 'deny'",
    query: destinations,
    context: {},
    missingContext: 'deny',
  },
  { title: 'An empty list: no airport at all', query: destinations, context: { airport: [] } },
  {
    title: 'A falsy claim: a value like any other, and no airport is called so',
    query: destinations,
    context: { airport: '' },
  },
  {
    title: 'A string where the context should be: refused before there is any SQL',
    query: destinations,
    context: 'SEA',
  },
];

async function main(): Promise<void> {
  const started = performance.now();
  const style = styleFor(process.stdout, process.env);
  const directory = fileURLToPath(new URL('schema', import.meta.url));
  print(style.title('Cubewright: three million flights, and everyone sees only their own'), '');
  for (const name of ['Flights.js', 'Orders.js']) {
    print(
      style.heading(`schema/${name}`),
      '',
      indent(await readFile(`${directory}/${name}`, 'utf8')),
    );
  }
  const compiled = await timed(() => compileSchema(directory, { dialect: 'duckdb' }));
  print(style.faint(`Compiled in ${milliseconds(compiled.time)}, once, for every user.`), '');
  const schema = compiled.result;
  const driver = openFlights();
  try {
    const opened = await timed(() => driver.query('SELECT count(*) FROM flights', []));
    const count = Number(opened.result.rows[0]?.[0]).toLocaleString('en-US');
    print(style.faint(`DuckDB opened ${count} flights in ${milliseconds(opened.time)}.`), '');
    for (const scene of scenes) await play(scene, schema, driver, style);
    await showOrders(schema, style);
  } finally {
    await Promise.all([driver.close(), schema.close()]);
  }
  print(style.faint(`All of it took ${milliseconds(performance.now() - started)}.`));
}

async function play(scene: Scene, schema: Schema, driver: Driver, style: Style): Promise<void> {
  print(style.heading(scene.title), `securityContext: ${JSON.stringify(scene.context)}`, '');
  const { query, context, missingContext } = scene;
  const generate = () =>
    schema.generateSql(query, {
      securityContext: context,
      dialect: 'duckdb',
      ...(missingContext && { missingContext }),
    });
  try {
    const first = await timed(generate);
    const again = await timed(generate);
    const { sql, params, security } = first.result;
    printStatement(first.result);
    for (const { member, claim, applied } of security) {
      print(`The filter of ${member} on the claim ${claim}: ${applied}`, '');
    }
    const queried = await timed(() => driver.query(sql, params));
    print(indent(renderTable(named(queried.result, first.result), style)), '');
    print(
      style.faint(
        `SQL ${milliseconds(first.time)}, again ${milliseconds(again.time)}; ` +
          `DuckDB ${milliseconds(queried.time)}`,
      ),
      '',
    );
  } catch (error) {
    if (!(error instanceof SecurityContextError)) throw error;
    print(indent(style.warning(`${error.code}: ${error.message}`)), '');
  }
}

async function showOrders(schema: Schema, style: Style): Promise<void> {
  print(style.heading("The original documentation's example, for PostgreSQL"));
  print('securityContext: {"id":42}', '');
  const options = { securityContext: { id: 42 }, dialect: 'postgres' } as const;
  printStatement(await schema.generateSql({ measures: ['Orders.count'] }, options));
}

function printStatement({ sql, params }: GeneratedSql): void {
  print(indent(sql), '', `params: ${JSON.stringify(params)}`, '');
}

/** With the members in the place of their aliases. */
function named(result: QueryResult, statement: GeneratedSql): QueryResult {
  const columns = result.columns.map((column, index) => {
    const { member, granularity } = statement.columns[index]!;
    return { ...column, name: granularity === null ? member : `${member}.${granularity}` };
  });
  return { ...result, columns };
}

async function timed<Result>(work: () => Promise<Result>) {
  const started = performance.now();
  const result = await work();
  return { result, time: performance.now() - started };
}

function milliseconds(time: number): string {
  return time < 10 ? `${time.toFixed(2)} ms` : `${Math.round(time).toLocaleString('en-US')} ms`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

// `npm run demo | head` closes the pipe early.
process.stdout.on('error', () => process.exit(0));

try {
  await main();
} catch (error) {
  if (!(error instanceof DriverError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
