/** What a file imports and exports, as its syntax alone tells. */
export interface ModuleTable {
  /** In the order of the text: `import`, `export ... from` and `require`. */
  readonly imports: ModuleImport[];
  /** Name to where it comes from; null for a binding of the file itself. */
  readonly exports: Map<string, ReExport | null>;
  /** Numbers of imports whose names are all exported again: `export * from './x'`. */
  readonly stars: number[];
  /** Names of cubes that the file defines with a literal: they can be imported without an `export`. */
  readonly cubes: Set<string>;
  /** Uses `module` or `exports`, or cannot be parsed: its syntax does not tell what it exports. */
  isOpen: boolean;
}

/** One import of another file. Offsets are those of the specifier. */
export interface ModuleImport {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
  readonly names: ImportedName[];
}

/** A name that is read from another file, where it stands, and what this file calls it. */
export interface ImportedName {
  readonly name: string;
  readonly local: string;
  readonly start: number;
  readonly end: number;
}

/** `export { name } from './x'`: the number of the import, and the name there. */
export interface ReExport {
  readonly from: number;
  readonly name: string;
}

export function emptyModuleTable(isOpen = false): ModuleTable {
  return { imports: [], exports: new Map(), stars: [], cubes: new Set(), isOpen };
}
