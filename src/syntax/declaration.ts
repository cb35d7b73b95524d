import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import type { Template } from './template.ts';

/**
 * What the schema files of one compile declare, before any of it is understood: the contract between
 * `frontend`, `sandbox` and `model`. JavaScript, TypeScript and YAML files all end here.
 */
export interface DeclarationUnit {
  /** In file order, then in the order of the calls. */
  readonly definitions: readonly Definition[];
  /** Findings of the frontend and of the evaluation. */
  readonly diagnostics: readonly Diagnostic[];
  /** Path of each file to the paths of the files that it imports. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** Where a value stands in its file. Computed on demand: only diagnostics need it. */
  readonly locate: Locate;
  /** The definition in which a place lies. */
  readonly definitionOf: (place: Place) => Definition;
  /** By file: what its evaluation depended on beside its own text. */
  readonly traces: ReadonlyMap<string, FileTrace>;
  /** Whether some value depends on what claims are. */
  readonly dependsOnClaims: boolean;
  /** How much of the limits of a reply was used. */
  readonly spent: { readonly values: number; readonly pieces: number };
}

/** What evaluating a file depended on, and what could depend on it. */
export interface FileTrace {
  /** Files whose code it can run: those that it imports, and those whose functions define cubes for it. */
  readonly links: ReadonlySet<string>;
  /** Names that its texts looked up among cubes and members, found or not. */
  readonly lookups: ReadonlySet<string>;
  /** Whether another file could take something from it. */
  readonly hasExports: boolean;
  /** Whether it did not run as written: what it would have declared, or changed in others, is not known. */
  readonly failed: boolean;
}

/** One call of `cube()`, `view()` or `context()`. */
export interface Definition {
  readonly kind: 'cube' | 'view' | 'context';
  readonly name: string;
  readonly file: string;
  readonly body: DeclaredObject;
  /** Root of the places inside `body`. */
  readonly place: Place;
}

/**
 * The way from a definition to a value inside it. The root's `parent` is null and its `key` is the
 * definition's number in the unit.
 */
export interface Place {
  readonly parent: Place | null;
  readonly key: string | number;
}

/** Part `name` is the first argument of the call (for a root place), or the property's key. */
export type Locate = (place: Place, part?: 'name' | 'value') => Span;

export type DeclaredValue =
  | DeclaredScalar
  | DeclaredList
  | DeclaredObject
  | DeclaredTemplate
  | DeclaredReference
  | DeclaredOpaque;

export interface DeclaredScalar {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  readonly place: Place;
}

export interface DeclaredList {
  readonly kind: 'list';
  readonly items: readonly DeclaredValue[];
  readonly place: Place;
}

/** Keys are unique; properties whose value is `undefined` are left out. */
export interface DeclaredObject {
  readonly kind: 'object';
  readonly entries: ReadonlyMap<string, DeclaredValue>;
  readonly place: Place;
}

/** Text with references or context nodes. A text without any is a scalar string. */
export interface DeclaredTemplate {
  readonly kind: 'template';
  readonly template: Template;
  readonly place: Place;
}

/** A cube or member named outside text: `extends: Base`, `drillMembers: [id, Users.name]`. */
export interface DeclaredReference {
  readonly kind: 'reference';
  readonly path: readonly string[];
  readonly place: Place;
}

/** Something that has no data form: `what` says what it was (`a function`, `a Date`, `a symbol`). */
export interface DeclaredOpaque {
  readonly kind: 'opaque';
  readonly what: string;
  readonly place: Place;
}
