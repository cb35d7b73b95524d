import {
  shapes,
  snakeCase,
  type Braces,
  type Property,
  type ShapeName,
  type ValueShape,
} from './properties.data.ts';

/** A property under each of its spellings. */
export interface KnownProperty {
  /** In snake_case. */
  readonly key: string;
  readonly property: Property;
}

const known = new Map<ShapeName, ReadonlyMap<string, KnownProperty>>(
  (Object.keys(shapes) as ShapeName[]).map((shape) => [shape, byEverySpelling(shape)]),
);

const required = new Map<ShapeName, readonly string[]>(
  (Object.keys(shapes) as ShapeName[]).map((shape) => [
    shape,
    Object.keys(shapes[shape]).filter((key) => shapes[shape][key]!.required),
  ]),
);

function byEverySpelling(shape: ShapeName): Map<string, KnownProperty> {
  const found = new Map<string, KnownProperty>();
  for (const [key, property] of Object.entries(shapes[shape])) {
    for (const spelling of spellingsOf(key, property)) found.set(spelling, { key, property });
  }
  return found;
}

/** Every name that a property has, today's in snake_case first. */
export function spellingsOf(key: string, { old = [] }: Property): string[] {
  return [...new Set([key, ...old].flatMap((name) => [name, camelCase(name)]))];
}

/** `sql_table` -> `sqlTable`. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

/** The properties of a shape, by every spelling. */
export function propertiesOf(shape: ShapeName): ReadonlyMap<string, KnownProperty> {
  return known.get(shape)!;
}

/** The properties that an object of a shape must have. */
export function requiredOf(shape: ShapeName): readonly string[] {
  return required.get(shape)!;
}

/** Today's names in the spelling in which a key was written, for suggestions. */
export function namesLike(written: string, shape: ShapeName): string[] {
  const names = Object.keys(shapes[shape]);
  return snakeCase(written) === written ? names : names.map(camelCase);
}

/** `caseBranch` -> `case branch`: for messages. */
export function labelOf(shape: ShapeName): string {
  return labels.get(shape)!;
}

const ownLabels: Readonly<Partial<Record<ShapeName, string>>> = {
  sql: 'filter',
  caseElse: 'else',
  viewCube: 'cube of a view',
  viewInclude: 'included member',
  folderInclude: 'folder',
  policy: 'access policy',
  preAggregation: 'pre-aggregation',
  orderBy: 'order',
};

const labels = new Map<ShapeName, string>(
  (Object.keys(shapes) as ShapeName[]).map((shape) => [
    shape,
    ownLabels[shape] ?? snakeCase(shape).replaceAll('_', ' '),
  ]),
);

/** The shape of the objects that a property holds, itself or in its list. */
export function shapeIn(value: ValueShape): ShapeName | null {
  switch (value.kind) {
    case 'object':
    case 'named':
      return value.shape;
    case 'list':
      return shapeIn(value.item);
    case 'either':
      for (const shape of value.shapes) {
        const found = shapeIn(shape);
        if (found !== null) return found;
      }
      return null;
    default:
      return null;
  }
}

/** What braces mean in a text that stands as a value, or in its list. Where no text may stand they are refused. */
export function bracesOf(value: ValueShape): Braces {
  switch (value.kind) {
    case 'object':
    case 'named':
      return 'refused';
    case 'list':
      return bracesOf(value.item);
    case 'either': {
      const forTexts = value.shapes.find(({ kind }) => kind !== 'object' && kind !== 'named');
      return forTexts ? bracesOf(forTexts) : 'refused';
    }
    default:
      return value.braces;
  }
}

/** What may stand in the lists of a property; the property itself when it takes one or many. */
export function itemOf(value: ValueShape): ValueShape {
  if (value.kind === 'list') return value.item;
  if (value.kind !== 'either') return value;
  const list = value.shapes.find(({ kind }) => kind === 'list');
  return list ? itemOf(list) : value;
}

/** What today's systems know and this one does not, by its name in snake_case, and what to write instead. */
const later: Readonly<Partial<Record<ShapeName, ReadonlyMap<string, string>>>> = {
  view: new Map([
    [
      'default_filters',
      'filter in the query, or restrict the rows of a cube with its sql or a policy',
    ],
  ]),
  measure: new Map([
    ['grain', 'group_by, reduce_by and add_group_by say which dimensions a stage has'],
    ['filter', 'filters: [{ sql }] of the measure that the stage is made of says which rows count'],
  ]),
};

/** What to write instead of a property that is not supported yet; null: it is no such property. */
export function unsupported(shape: ShapeName, written: string, isStage: boolean): string | null {
  const key = snakeCase(written);
  // Elsewhere it is a misspelt 'filters'.
  if (key === 'filter' && !isStage) return null;
  return later[shape]?.get(key) ?? null;
}
