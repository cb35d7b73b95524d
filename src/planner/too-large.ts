import { cubeName, pathName, say, type Told } from '../core/told.ts';
import { QueryError } from './query-error.ts';

/** A statement that would join more tables than any database plans. */
export function tooManyJoins(from: string, to: string): QueryError {
  return tooLarge(
    say`the way from ${cubeName(from)} to ${cubeName(to)} needs more joins than a statement may have (500); declare a shorter one, or ask for each alone`,
  );
}

export function tooManyRoots(cubes: readonly string[]): QueryError {
  return tooLarge(
    say`too many cubes reach ${pathName(cubes, ', ')}, none of them directly; declare a join between these, or choose a root with joinHints`,
  );
}

function tooLarge(message: Told): QueryError {
  return new QueryError([{ code: 'query/statement-too-large', path: '', message }]);
}
