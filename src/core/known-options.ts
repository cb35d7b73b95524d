import { didYouMean } from './suggest.ts';

/** The names of an options object, each written once: one that is forgotten, or not one, is a type error. */
export function optionsOf<T>(names: Readonly<Record<keyof T & string, true>>): readonly string[] {
  return Object.keys(names);
}

/** What is wrong with the names of an options object, and with what is none. */
export function optionProblems(
  given: unknown,
  known: readonly string[],
  where: string,
): readonly string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [`${where} must be an object`];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = didYouMean(name, known) ?? `known are ${known.join(', ')}`;
      return `there is no option ${where === '' ? '' : `${where}.`}${name}; ${hint}`;
    });
}
