import { memberPath, parseMemberPath } from '../core/names.ts';
import { checkCycles, referencesOf, type CubeReferences } from '../model/check-cycles.ts';
import { checkFragment } from '../model/check-fragment.ts';
import type { Cube } from '../model/model.ts';
import type { View } from '../model/view.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { ArtifactError } from './artifact-error.ts';
import type { DecodedSection } from './decode-artifact.ts';
import type { DecodeContext } from './decode-context.ts';

type Decode<T> = ReadonlyMap<string, () => DecodedSection<T>>;

/** Checks decoded cubes and views as a compile checks declared ones: names, references, texts, cycles. */
export class ModelChecks {
  readonly #cubes: Decode<Cube>;
  readonly #views: Decode<View>;
  readonly #lexical: LexicalRules;
  readonly #dynamic: ReadonlySet<string>;
  /** Decoded, and perhaps not checked yet: what a checked one refers to. */
  readonly #decoded = new Map<string, DecodedSection<Cube | View>>();
  readonly #references = new Map<string, CubeReferences>();

  /** @param rules `dynamic`: members whose texts may be computed for each user. */
  constructor(
    cubes: Decode<Cube>,
    views: Decode<View>,
    rules: { readonly lexical: LexicalRules; readonly dynamic: ReadonlySet<string> },
  ) {
    this.#cubes = cubes;
    this.#views = views;
    this.#lexical = rules.lexical;
    this.#dynamic = rules.dynamic;
  }

  /** @throws ArtifactError */
  cube(name: string): Cube {
    const { value, context } = this.#section(name, this.#cubes);
    for (const [key, member] of value.members) this.#checkName(value.name, key, member);
    for (const key of value.primaryKeys) {
      if (value.members.get(key)?.kind !== 'dimension') throw wrong(context, `no dimension ${key}`);
    }
    this.#check(context);
    this.#checkCycles(name, context);
    return value;
  }

  /** @throws ArtifactError */
  view(name: string): View {
    const { value, context } = this.#section(name, this.#views);
    for (const [key, member] of value.members) this.#checkName(value.name, key, member);
    this.#check(context);
    return value;
  }

  #section<T extends Cube | View>(name: string, sections: Decode<T>): DecodedSection<T> {
    let found = this.#decoded.get(name) as DecodedSection<T> | undefined;
    if (!found) this.#decoded.set(name, (found = sections.get(name)!()));
    return found;
  }

  #any(name: string): Cube | View | undefined {
    if (this.#cubes.has(name)) return this.#section(name, this.#cubes).value;
    return this.#views.has(name) ? this.#section(name, this.#views).value : undefined;
  }

  #checkName(cube: string, key: string, member: { name: string; path: string }): void {
    if (member.name === key && member.path === memberPath(cube, key)) return;
    const message = `the artifact is not valid: ${cube}.${key} is called ${member.path}`;
    throw new ArtifactError('artifact/invalid', message);
  }

  #check(context: DecodeContext): void {
    for (const name of context.cubes) {
      if (!this.#cubes.has(name)) throw wrong(context, `a reference to ${name}, which is no cube`);
    }
    for (const path of context.members) {
      const { cube, member } = parseMemberPath(path)!;
      if (!this.#any(cube)?.members.has(member)) {
        throw wrong(context, `a reference to ${path}, which is no member`);
      }
    }
    for (const { pieces, file, member, property } of context.fragments) {
      if (pieces.some((piece) => piece.kind === 'dynamic')) {
        if (this.#dynamic.has(member) && pieces.length === 1) continue;
        throw wrong(context, `${property} of ${member}, which its header does not tell of`);
      }
      const template = { pieces: [], file, start: 0, end: 0 };
      checkFragment(
        pieces,
        { template, spanOf: () => undefined },
        {
          lexical: this.#lexical,
          noteFilter: () => undefined,
          report: ({ severity, message }) => {
            if (severity === 'error') throw wrong(context, `${property} of ${member}: ${message}`);
          },
        },
      );
    }
  }

  /** Of everything that can be reached from a cube. */
  #checkCycles(name: string, context: DecodeContext): void {
    if (this.#references.has(name)) return;
    const reached = new Set([name]);
    for (const cube of reached) {
      const value = this.#cubes.has(cube) ? this.#section(cube, this.#cubes).value : null;
      const references = referencesOf(value);
      this.#references.set(cube, references);
      for (const path of [...references.members.values()].flat()) reached.add(cubeOf(path));
      for (const source of references.sources) reached.add(source);
    }
    const graph = new Map([...reached].map((cube) => [cube, this.#references.get(cube)!]));
    checkCycles(graph, {
      spanOf: () => undefined,
      report: ({ message }) => {
        this.#references.clear();
        throw wrong(context, message);
      },
    });
  }
}

function cubeOf(path: string): string {
  return path.slice(0, path.indexOf('.'));
}

function wrong(context: DecodeContext, what: string): ArtifactError {
  return new ArtifactError(
    'artifact/invalid',
    `the artifact is not valid: ${context.place} has ${what}`,
  );
}
