import { contextWords } from '../core/context-words.ts';
import { shapes, type Property } from '../model/properties.data.ts';
import { bracesOf, itemOf, spellingsOf } from '../model/shapes.ts';

/** Names of properties that no helper of a schema has for values of its own. */
const distinctive: readonly string[] = [
  'sql',
  'sql_table',
  'extends',
  'drill_members',
  'drill_member_references',
  'measure_references',
  'dimension_references',
  'segment_references',
  'time_dimension_reference',
  'context_members',
  'columns',
  'time_dimension',
  'rollups',
  'rollup_references',
  'includes',
  'excludes',
  'join_path',
];

interface Spelling {
  readonly name: string;
  readonly property: Property;
}

/** Every property of every shape, under each of its names. */
const spelled: readonly Spelling[] = Object.values(shapes).flatMap((table) =>
  Object.entries(table).flatMap(([key, property]: [string, Property]) =>
    spellingsOf(key, property).map((name) => ({ name, property })),
  ),
);

const references = spelled.filter(({ property: { value } }) =>
  ['sql', 'reference', 'claim', 'condition'].includes(bracesOf(itemOf(value))),
);

function namesIn(items: readonly Spelling[]): ReadonlySet<string> {
  return new Set(items.map(({ name }) => name));
}

const definitions = namesIn(spelled.filter(({ property: { value } }) => value.kind === 'named'));
const distinctiveNames = new Set(
  distinctive.flatMap((key) => spellingsOf(key, { value: shapes.sql['sql']!.value })),
);

/** Properties whose values are SQL, references or claims, in every object literal (each spelling). */
export const referenceProperties: ReadonlySet<string> = namesIn(
  references.filter(({ name }) => distinctiveNames.has(name) && !definitions.has(name)),
);

/** As above, but only when the value is a list: elsewhere these hold definitions. */
export const referenceLists: ReadonlySet<string> = namesIn(
  references.filter(({ name }) => definitions.has(name)),
);

/**
 * As the first, but only where the syntax tells names that no file binds: helpers of a schema have
 * properties of these names too, with values of their own.
 */
export const namedReferences: ReadonlySet<string> = namesIn(
  references.filter(({ name }) => !distinctiveNames.has(name) && !definitions.has(name)),
);

/** Words of the schema language that are the security context. */
export const contextNames: ReadonlySet<string> = new Set(contextWords);

/** Words of the schema language that stand for something of the query. */
export const queryNames: ReadonlySet<string> = new Set([
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SQL_UTILS',
]);

/** Words whose values come from elsewhere than the cubes: never a static reference. */
export const evaluatedNames: ReadonlySet<string> = new Set([
  'COMPILE_CONTEXT',
  'undefined',
  'NaN',
  'Infinity',
  'globalThis',
  'arguments',
  'eval',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'BigInt',
  'Math',
  'JSON',
  'Date',
  'RegExp',
  'Map',
  'Set',
  'Promise',
  'Reflect',
  'Proxy',
  'Error',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'console',
  'require',
  'module',
  'exports',
  'process',
]);
