/** Names that are bound around a piece of code. */
export class Scope {
  readonly names: Set<string>;
  readonly #parent: Scope | null;

  constructor(parent: Scope | null, names: Set<string>) {
    this.names = names;
    this.#parent = parent;
  }

  /** `module`: at the top level of the file. */
  bindingOf(name: string): 'local' | 'module' | 'free' {
    if (this.names.has(name)) return this.#parent === null ? 'module' : 'local';
    return this.#parent?.bindingOf(name) ?? 'free';
  }
}
