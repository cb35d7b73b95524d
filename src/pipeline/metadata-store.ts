import { describeModel, type ModelMetadata } from '../model/metadata.ts';
import type { Model } from '../model/model.ts';
import type { Access } from '../planner/access.ts';
import { UserNames } from '../planner/user-names.ts';

/** Kinds of users whose metadata is kept. */
const mostKept = 16;

/** What is told of a model, to each kind of user. */
export class MetadataStore {
  readonly #model: Model;
  /** By what policies give. */
  readonly #known = new Map<string, ModelMetadata>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** @param access null: of nobody. @param only Cubes and views that are told; null: all. */
  made(access: Access | null, only: ReadonlySet<string> | null): ModelMetadata {
    return describeModel(this.#model, new UserNames(this.#model, access), only);
  }

  /** All of it, shared by those who see the same. Not to be changed. */
  shared(access: Access): ModelMetadata {
    let known = this.#known.get(access.outcome);
    if (!known) {
      known = this.made(access, null);
      if (this.#known.size < mostKept) this.#known.set(access.outcome, known);
    }
    return known;
  }

  clear(): void {
    this.#known.clear();
  }
}
