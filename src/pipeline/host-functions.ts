import { contextWords } from '../core/context-words.ts';
import type { HostFunction } from '../sandbox/evaluate.ts';
import { OptionError } from './option-error.ts';

/** Words of the schema language, which a host function would hide. */
const words = new Set([
  'cube',
  'view',
  'context',
  'asyncModule',
  'CUBE',
  'TABLE',
  ...contextWords,
  'COMPILE_CONTEXT',
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SQL_UTILS',
  'require',
  'module',
  'exports',
]);

/**
 * The functions of `sandbox.functions` by name.
 *
 * @throws OptionError
 */
export function checkFunctions(functions: unknown): ReadonlyMap<string, HostFunction> {
  if (functions === undefined) return new Map();
  const option = 'options.sandbox.functions';
  if (typeof functions !== 'object' || functions === null || Array.isArray(functions)) {
    throw new OptionError(`${option} must be an object of functions`);
  }
  const entries = Object.entries(functions as Record<string, unknown>);
  return new Map(
    entries.map(([name, target]): [string, HostFunction] => {
      if (typeof target !== 'function') {
        throw new OptionError(`${option}.${name} must be a function`);
      }
      if (!/^[A-Za-z_$][\w$]*$/.test(name)) {
        throw new OptionError(`${option}: ${JSON.stringify(name)} is no name of JavaScript`);
      }
      if (words.has(name) || name in globalThis) {
        throw new OptionError(`${option}.${name}: schema files know something else by that name`);
      }
      return [name, target as HostFunction];
    }),
  );
}
