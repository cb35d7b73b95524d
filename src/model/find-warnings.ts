import type { Diagnostic } from '../core/diagnostic.ts';
import type { Locate, Place } from '../syntax/declaration.ts';
import { spanOf, type DeclaredNames } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import { extendedName } from './extend-definition.ts';
import { findKeylessCubes, type DeclaredJoin, type Keyless } from './find-keyless-cubes.ts';
import { findOpenFilters, type OpenFilter } from './find-open-filters.ts';
import { findUnusedMeasures } from './find-unused-measures.ts';
import type { Measure, Model } from './model.ts';
import { namedEntries } from './named-entries.ts';

interface Linked extends Pick<Model, 'cubes' | 'views'> {
  readonly declared: DeclaredNames;
  readonly locate: Locate;
  readonly openFilters: readonly OpenFilter[];
  /** By member: the members that its texts name. */
  readonly references: () => ReadonlyMap<string, readonly string[]>;
}

const severity = 'warning';

/** What compiles and is probably wrong, of a schema without errors; each is made when it is asked for. */
export function* findWarnings(linked: Linked): Iterable<Diagnostic> {
  const { declared } = linked;
  const unused = findUnusedMeasures(linked, linked.references);
  const isMeant = unused.length > 0 ? declaredForItself(declared) : () => true;
  yield* findOpenFilters(linked.openFilters);
  for (const item of findKeylessCubes(linked.cubes)) yield keylessWarning(item, linked);
  for (const item of unused) {
    if (!isMeant(item)) continue;
    const { path: measure } = item;
    const span = spanOf(measure, declared, linked);
    const help = 'let a view or a measure use it, make it public, or remove it';
    yield reportModel('model/unused-measure', { measure }, { span, help, severity });
  }
}

const keyExample = 'dimensions: { id: { sql: `id`, type: `number`, primary_key: true } }';

function keylessWarning(found: Keyless, { declared, locate }: Linked): Diagnostic {
  const { path } = found.member;
  const cube = path.slice(0, path.indexOf('.'));
  const span = spanOf(path, declared, { locate });
  const extras = { span, help: `declare one: ${keyExample}`, severity } as const;
  if (found.kind === 'sub-query') {
    return reportModel('model/sub-query-without-key', { name: path, cube }, extras);
  }
  const place = spanOfJoin(found.join, declared, locate);
  const labels = place ? [{ span: place, text: 'this join repeats them' }] : [];
  const parameters = { cube, measure: path };
  return reportModel('model/no-primary-key', parameters, { ...extras, labels });
}

function spanOfJoin({ from, to }: DeclaredJoin, { cubes }: DeclaredNames, locate: Locate) {
  const joins = cubes.get(from)!.body.entries.get('joins');
  const entry = joins?.kind === 'object' ? joins.entries.get(to) : undefined;
  if (entry) return locate(entry.place, 'name');
  const context = { locate, report: () => undefined, hasErrors: false, ownerOf: () => from };
  return namedEntries(joins, 'joins', context)
    .find(({ name }) => name === to)
    ?.span();
}

/** Whether a measure is neither inherited, nor declared by a cube that others extend. */
function declaredForItself({ cubes }: DeclaredNames): (measure: Measure) => boolean {
  const extended = new Set(
    [...cubes.values()].map(({ definition: { body } }) => extendedName(body)),
  );
  return ({ path, name }) => {
    const { definition, members } = cubes.get(path.slice(0, -name.length - 1))!;
    return (
      !extended.has(definition.name) && rootOf(members.get(name)!.value.place) === definition.place
    );
  };
}

function rootOf(place: Place): Place {
  return place.parent === null ? place : rootOf(place.parent);
}
