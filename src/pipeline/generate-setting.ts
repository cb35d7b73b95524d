import type { GenerateSetting } from './generate-sql.ts';
import {
  checkDialect,
  checkFlag,
  checkGroups,
  checkMissingContext,
  type CheckedCompileOptions,
  type GenerateOptions,
} from './options.ts';

/** The options of a call, and where it is silent those of the schema. @throws OptionError */
export function generateSetting(
  options: GenerateOptions,
  compiled: CheckedCompileOptions,
): GenerateSetting {
  const { dialect } = options;
  return {
    securityContext: options.securityContext,
    groups: checkGroups(options.groups),
    dialect: dialect === undefined ? compiled.dialect : checkDialect(dialect, 'options.dialect'),
    missingContext: checkMissingContext(options.missingContext) ?? compiled.missingContext,
    barrier: checkFlag(options.barrier, 'barrier') ?? compiled.barrier,
    now: compiled.now ?? Date.now(),
    askedQuery: options.askedQuery,
  };
}
