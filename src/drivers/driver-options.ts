import { optionProblems } from '../core/known-options.ts';
import { DriverError } from './driver-error.ts';

/** @throws DriverError `driver/invalid-option` that names every option that there is not. */
export function refuseDriverOptions(given: unknown, known: readonly string[], where: string): void {
  const problems = optionProblems(given, known, where);
  if (problems.length > 0) throw new DriverError('driver/invalid-option', problems.join('; '));
}
