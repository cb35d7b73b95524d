import type { Diagnostic } from '../core/diagnostic.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { DeclaredObject, DeclaredValue, Place } from '../syntax/declaration.ts';
import type { DeclaredCube, DeclaredMember } from './declared-cube.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { Cube, DynamicValue, Fragment, Model } from './model.ts';

/** Identifies a value that is evaluated for each user. */
export function dynamicKey({ path }: DynamicValue): string {
  return JSON.stringify(path);
}

/** The value that a fragment is evaluated from for each user; null for every other fragment. */
export function dynamicValueOf({ pieces }: Pick<Fragment, 'pieces'>): DynamicValue | null {
  const [piece] = pieces;
  return piece?.kind === 'dynamic' ? piece : null;
}

/** Puts what dynamic fragments are for one user into the place that they have in a model. */
export class DynamicLinker {
  readonly #model: Model;
  readonly #lexical: LexicalRules;
  /** Cubes with fragments of their own to evaluate. */
  readonly #cubes: ReadonlySet<string>;
  #declared: ReadonlyMap<string, DeclaredCube> | undefined;

  constructor(model: Model, lexical: LexicalRules) {
    this.#model = model;
    this.#lexical = lexical;
    this.#cubes = new Set(
      [...model.cubes.values()].filter(hasDynamicValues).map((cube) => cube.name),
    );
  }

  /**
   * The model with these values in it, linked and checked like any other text, and what is wrong
   * with them. Everything else is shared with the model itself.
   */
  link(values: ReadonlyMap<string, DeclaredValue>): LinkedValues {
    const diagnostics: Diagnostic[] = [];
    const declared = (this.#declared ??= declaredAgain(this.#model));
    const context: LinkContext = {
      locate: () => nowhere,
      report: (diagnostic) => {
        if (diagnostic.severity === 'error') diagnostics.push(diagnostic);
      },
      cubes: declared,
      views: new Map(),
      lexical: this.#lexical,
      fileOf: () => '',
      ownerOf: () => '',
      wayTo: () => [],
      noteFilter: () => undefined,
      viewFilter: () => undefined,
      hasErrors: false,
    };
    const link = (fragment: Fragment, cube: string): Fragment => {
      const dynamic = dynamicValueOf(fragment);
      const value = dynamic && values.get(dynamicKey(dynamic));
      if (!dynamic || !value) return fragment;
      const { member, property, file } = fragment;
      const site = { cube: declared.get(cube)!, member, property, role: dynamic.role };
      const linked = linkFragment(value, site, {
        ...context,
        ownerOf: () => String(dynamic.path[0]),
      });
      return linked ? { ...linked, file, evaluated: true } : fragment;
    };
    const cubes = [...this.#model.cubes].map(([name, cube]): [string, Cube] => [
      name,
      this.#cubes.has(name) ? mapFragments(cube, (fragment) => link(fragment, name)) : cube,
    ]);
    return { model: { ...this.#model, cubes: new Map(cubes) }, diagnostics };
  }
}

export interface LinkedValues {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
}

const nowhere = { file: '', start: 0, end: 0 };

function hasDynamicValues(cube: Cube): boolean {
  let found = false;
  mapFragments(cube, (fragment) => {
    found ||= dynamicValueOf(fragment) !== null;
    return fragment;
  });
  return found;
}

/** Plain data with its fragments replaced; what holds none of those that change stays as it is. */
function mapFragments<T>(value: T, change: (fragment: Fragment) => Fragment): T {
  return mapped(value, change) as T;
}

function mapped(value: unknown, change: (fragment: Fragment) => Fragment): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isFragment(value)) return change(value);
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, item]) => [key as unknown, mapped(item, change)] as const,
    );
    return entries.some(([key, item]) => item !== value.get(key)) ? new Map(entries) : value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => mapped(item, change));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, mapped(item, change)] as const);
  const before = value as Readonly<Record<string, unknown>>;
  return entries.some(([key, item]) => item !== before[key]) ? Object.fromEntries(entries) : value;
}

function isFragment(value: object): value is Fragment {
  return (
    'pieces' in value && 'property' in value && 'member' in value && Array.isArray(value.pieces)
  );
}

/** The names of a model as linking wants them. */
function declaredAgain(model: Model): Map<string, DeclaredCube> {
  const place: Place = { parent: null, key: 0 };
  const empty: DeclaredObject = { kind: 'object', entries: new Map(), place };
  return new Map(
    [...model.cubes].map(([name, cube]): [string, DeclaredCube] => {
      const members = [...cube.members].map(
        ([member, { kind, ...rest }]): [string, DeclaredMember] => {
          const type = 'type' in rest ? rest.type : null;
          const entries = new Map<string, DeclaredValue>([
            ['type', { kind: 'scalar', value: type, place }],
          ]);
          return [member, { kind, value: { kind: 'object', entries, place }, span: () => nowhere }];
        },
      );
      const definition = { kind: 'cube', name, file: cube.file, body: empty, place } as const;
      return [
        name,
        { name, definition, body: empty, members: new Map(members), preAggregations: new Set() },
      ];
    }),
  );
}
