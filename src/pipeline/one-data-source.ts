import { say, cubeName, listed } from '../core/told.ts';
import { QueryError } from '../planner/query-error.ts';

/** @throws QueryError when no one database has all cubes of a query. */
export function refuseSeveralDataSources(dataSources: ReadonlyMap<string, string>): void {
  if (dataSources.size <= 1) return;
  const list = listed(
    [...dataSources].map(([source, cube]) => cubeName(cube, `${cube} (${source})`)),
  );
  throw new QueryError([
    {
      code: 'query/several-data-sources',
      path: '',
      message: say`no database holds all cubes of this query: ${list}; ask each data source in a query of its own`,
    },
  ]);
}
