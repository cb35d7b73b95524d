import type { ContextDefinition, CubeDefinition, ViewDefinition } from './shapes.data.ts';
import type { Claim, QueryFilter, Reference } from './words.ts';

declare global {
  /** Defines a cube; without a name, a base for others to extend. */
  function cube(name: string, definition: CubeDefinition): Reference;
  function cube(definition: CubeDefinition): CubeDefinition;
  /** Defines a view of members of cubes. */
  function view(name: string, definition: ViewDefinition): Reference;
  /** Names a group of cubes and views, by which `meta` can be filtered. */
  function context(name: string, definition: ContextDefinition): void;
  /** Runs after all files; may await host functions, and define cubes. */
  function asyncModule(run: () => Promise<unknown>): void;
  /** The cube that is being defined. */
  const CUBE: Reference;
  const TABLE: Reference;
  /** The verified claims of the user who asks; the other names mean the same. */
  const SECURITY_CONTEXT: Claim;
  const USER_CONTEXT: Claim;
  const securityContext: Claim;
  const security_context: Claim;
  const userAttributes: Claim;
  const user_attributes: Claim;
  /** What the embedder hands in with `compileContext`. */
  const COMPILE_CONTEXT: Readonly<Record<string, unknown>>;
  /** What the query filters by: `FILTER_PARAMS.Orders.created.filter('created_at')`. */
  const FILTER_PARAMS: { readonly [cube: string]: { readonly [member: string]: QueryFilter } };
  function FILTER_GROUP(...filters: string[]): string;
  const SQL_UTILS: { convertTz(column: string): string };
}

export type { ContextDefinition, CubeDefinition, ViewDefinition } from './shapes.data.ts';
export type { Claim, Reference, Sql } from './words.ts';
