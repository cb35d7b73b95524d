import type { Diagnostic } from '../core/diagnostic.ts';
import type { MemberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import type { Turns } from '../core/turns.ts';
import { referencesOf, type CubeReferences } from './check-cycles.ts';
import type { DeclaredCube, DeclaredView } from './declared-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import { innerPieces, valueFragments } from './fragments-of.ts';
import type { Cube, FragmentPiece, Measure } from './model.ts';
import type { OpenFilter } from './find-open-filters.ts';
import { readCube } from './read-cube.ts';
import { readView, type ViewContext } from './read-view.ts';
import type { View } from './view.ts';

/** A declaration as it was linked, with everything that this depended on. */
interface Linked {
  readonly diagnostics: readonly Diagnostic[];
  readonly openFilters: readonly OpenFilter[];
  /** Names that were looked up among the cubes and views, found or not. */
  readonly reads: ReadonlySet<string>;
  /** Whether the names of all cubes or views were looked through. */
  readonly readsAll: boolean;
  /** Whether a value is evaluated for each user. */
  readonly isDynamic: boolean;
}

export interface LinkedCube extends Linked {
  readonly declared: DeclaredCube;
  /** null after reporting. */
  readonly cube: Cube | null;
  readonly references: CubeReferences;
  /** Measures whose value names other cubes, or members of them. */
  readonly measuresAcross: readonly Measure[];
  /** Members of views that its `FILTER_PARAMS` name, and where. */
  readonly viewFilters: readonly ViewFilter[];
}

interface ViewFilter {
  readonly member: MemberPath;
  readonly span: Span;
}

export interface LinkedView extends Linked {
  readonly declared: DeclaredView;
  /** The view, and those that are split off it. */
  readonly views: readonly View[];
}

export async function linkCube(
  declared: DeclaredCube,
  context: LinkContext,
  turns: Turns,
): Promise<LinkedCube> {
  const viewFilters: ViewFilter[] = [];
  const viewFilter = (member: MemberPath, span: Span) => void viewFilters.push({ member, span });
  const { value: cube, ...linked } = await recorded(context, (recording) =>
    readCube(declared, { ...context, ...recording, viewFilter }, turns),
  );
  const references = referencesOf(cube);
  const measuresAcross = acrossCubes(cube);
  return { ...linked, declared, cube, references, measuresAcross, viewFilters };
}

function acrossCubes(cube: Cube | null): Measure[] {
  const isOther = (piece: FragmentPiece): boolean => {
    if (piece.kind === 'cube') return piece.cube !== cube!.name;
    if (piece.kind === 'member') return !piece.path.startsWith(`${cube!.name}.`);
    return innerPieces(piece).some((inner) => inner.some(isOther));
  };
  return [...(cube?.members.values() ?? [])].filter(
    (member): member is Measure =>
      member.kind === 'measure' &&
      valueFragments(member).some(({ pieces }) => pieces.some(isOther)),
  );
}

export async function linkView(declared: DeclaredView, context: ViewContext): Promise<LinkedView> {
  const { value: views, ...linked } = await recorded(context, (recording, reads) =>
    readView(declared, {
      ...context,
      ...recording,
      linked: new RecordingMap(context.linked, reads),
    }),
  );
  return { declared, views, ...linked };
}

type Recording = Pick<LinkContext, 'cubes' | 'views' | 'report' | 'noteFilter' | 'wayTo'>;

async function recorded<T>(
  context: LinkContext,
  link: (recording: Recording, reads: Reads) => T | Promise<T>,
): Promise<Linked & { readonly value: T }> {
  const reads: Reads = { names: new Set(), all: false };
  const diagnostics: Diagnostic[] = [];
  const openFilters: OpenFilter[] = [];
  let isDynamic = false;
  const recording: Recording = {
    cubes: new RecordingMap(context.cubes, reads),
    views: new RecordingMap(context.views, reads),
    report: (diagnostic) => {
      diagnostics.push(diagnostic);
      context.report(diagnostic);
    },
    noteFilter: (filter) => {
      openFilters.push(filter);
    },
    // Only values that are evaluated for each user have to be found again.
    wayTo: (place) => {
      isDynamic = true;
      return context.wayTo(place);
    },
  };
  const value = await link(recording, reads);
  const { names, all: readsAll } = reads;
  return { value, diagnostics, openFilters, reads: names, readsAll, isDynamic };
}

interface Reads {
  readonly names: Set<string>;
  all: boolean;
}

/** A map that notes which names it is asked for. */
class RecordingMap<T> implements ReadonlyMap<string, T> {
  readonly #values: ReadonlyMap<string, T>;
  readonly #reads: Reads;

  constructor(values: ReadonlyMap<string, T>, reads: Reads) {
    this.#values = values;
    this.#reads = reads;
  }

  get(name: string): T | undefined {
    this.#reads.names.add(name);
    return this.#values.get(name);
  }

  has(name: string): boolean {
    this.#reads.names.add(name);
    return this.#values.has(name);
  }

  get size(): number {
    return this.#all().size;
  }

  keys() {
    return this.#all().keys();
  }

  values() {
    return this.#all().values();
  }

  entries() {
    return this.#all().entries();
  }

  forEach(visit: (value: T, name: string, map: this) => void): void {
    for (const [name, value] of this.#all()) visit(value, name, this);
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  #all(): ReadonlyMap<string, T> {
    this.#reads.all = true;
    return this.#values;
  }
}
