import { createRequire } from 'node:module';
import path from 'node:path';
import { createDuckDbDriver, type Driver } from '../src/drivers/index.ts';

/**
 * Three million departures and the airports, straight from the files of the package `vega-datasets`
 * (data of the US Bureau of Transportation Statistics). DuckDB may read these two and nothing else.
 */
export function openFlights(): Driver {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const data = path.resolve(path.dirname(entry), '..', 'data');
  const flights = path.join(data, 'flights-3m.parquet');
  const airports = path.join(data, 'airports.csv');
  return createDuckDbDriver({
    allowedPaths: [flights, airports],
    setup: [
      `CREATE VIEW flights AS SELECT * FROM read_parquet(${quote(flights)})`,
      `CREATE VIEW airports AS SELECT * FROM read_csv(${quote(airports)})`,
    ],
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
