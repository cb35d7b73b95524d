// Compiling
export { compileSchema } from './pipeline/compile-schema.ts';
export { CompileError } from './pipeline/compile-error.ts';
export { loadArtifact } from './pipeline/load-artifact.ts';
export type { LoadArtifactOptions } from './pipeline/load-artifact.ts';
export type { ArtifactOptions } from './pipeline/artifact-settings.ts';
export { ArtifactError } from './artifact/artifact-error.ts';
export { OptionError } from './pipeline/option-error.ts';
export type {
  CompileOptions,
  GenerateOptions,
  MetaOptions,
  SandboxConfiguration,
} from './pipeline/options.ts';
export type { SchemaSource } from './pipeline/read-source.ts';
export type { Schema, SchemaAudit, ChangedFile } from './pipeline/schema.ts';
export type { PublicDiagnostic } from './core/render-diagnostic.ts';
export type { SourceFile } from './core/source.ts';

// Statements
export type { GeneratedSql, SecurityEntry } from './pipeline/generated-sql.ts';
export type { StatementColumn } from './lower/lower-plan.ts';
export type { MissingContext } from './lower/lowering.ts';
export type { ParameterValue } from './sql/ast.ts';
export type { DialectName } from './sql/dialects/dialect.ts';
export type {
  AndFilter,
  DateRange,
  Filter,
  MemberFilter,
  OrderDirection,
  OrFilter,
  Query,
  QueryOrder,
  TimeDimension,
} from './planner/query.ts';
export type { FilterOperator, FilterValue } from './planner/request.ts';
export { QueryError } from './planner/query-error.ts';
export { SecurityContextError } from './planner/security-context-error.ts';
