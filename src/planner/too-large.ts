import { QueryError } from './query-error.ts';

/** A statement that would join more tables than any database plans. */
export function tooManyJoins(from: string, to: string): QueryError {
  return tooLarge(
    `the way from ${from} to ${to} needs more joins than a statement may have (500); declare a shorter one, or ask for each alone`,
  );
}

export function tooManyRoots(cubes: readonly string[]): QueryError {
  return tooLarge(
    `too many cubes reach ${cubes.join(', ')}, none of them directly; declare a join between these, or choose a root with joinHints`,
  );
}

function tooLarge(message: string): QueryError {
  return new QueryError([{ code: 'query/statement-too-large', path: '', message }]);
}
