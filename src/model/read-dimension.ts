import type { DeclaredObject, DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type {
  CaseLabel,
  Dimension,
  DimensionExpression,
  DimensionType,
  Fragment,
  Segment,
} from './model.ts';
import { PropertyReader } from './property-reader.ts';
import {
  commonKeys,
  memberBase,
  memberBody,
  objectList,
  refuseUnsupported,
} from './read-member.ts';

const types = new Map<string, DimensionType>(
  (['string', 'number', 'boolean', 'time', 'geo'] as const).map((type) => [type, type]),
);

const unsupported = [
  'sub_query',
  'propagate_filters_to_sub_query',
  'switch',
  'granularities',
  'multi_stage',
  'mask',
  'order',
];
const keys = new Set([
  ...commonKeys,
  ...unsupported,
  'type',
  'sql',
  'case',
  'latitude',
  'longitude',
  'primary_key',
  'field_type',
  'values_as_segments',
  'suggest_filter_values',
  'enable_suggestions',
  'format',
]);
const sqlKeys = new Set(['sql']);
const caseKeys = new Set(['when', 'else']);
const branchKeys = new Set(['sql', 'label']);
const elseKeys = new Set(['label']);

/** One dimension; null after reporting what is wrong with it. */
export function readDimension(
  value: DeclaredValue,
  name: string,
  cube: DeclaredCube,
  cubeTitle: string,
  context: LinkContext,
): Dimension | null {
  const reader = memberBody(value, 'dimension', keys, context);
  if (!reader) return null;
  refuseUnsupported(reader, unsupported, context);
  const type = reader.word('type', types);
  const primaryKey = reader.boolean('primary_key') ?? false;
  const base = memberBase(reader, name, cube, cubeTitle, !primaryKey);
  const expression = new ExpressionReader(reader, base.path, cube, context).read();
  const format = readFormat(reader);
  const suggests = reader.boolean('suggest_filter_values') ?? reader.boolean('enable_suggestions');
  if (type === null || expression === null) return null;
  return {
    kind: 'dimension',
    ...base,
    type,
    expression,
    primaryKey,
    format,
    suggestFilterValues: suggests ?? true,
  };
}

/** A word, or `{ type: 'link', label }`, which is shown as its type. */
function readFormat(reader: PropertyReader): string | null {
  const value = reader.get('format');
  if (value?.kind !== 'object') return reader.text('format');
  const type = value.entries.get('type');
  if (type?.kind === 'scalar' && typeof type.value === 'string') return type.value;
  reader.bad('format', "a format such as 'link'", value);
  return null;
}

const segmentKeys = new Set([...commonKeys, 'sql']);

export function readSegment(
  value: DeclaredValue,
  name: string,
  cube: DeclaredCube,
  cubeTitle: string,
  context: LinkContext,
): Segment | null {
  const reader = memberBody(value, 'segment', segmentKeys, context);
  if (!reader) return null;
  const base = memberBase(reader, name, cube, cubeTitle, true);
  const sql = reader.get('sql');
  if (!sql) reader.missing('sql');
  const fragment =
    sql && linkFragment(sql, { cube, member: base.path, property: 'sql', role: 'row' }, context);
  return fragment ? { kind: 'segment', ...base, sql: fragment } : null;
}

/** The one of `sql`, `case`, and `latitude` with `longitude` that a dimension has. */
class ExpressionReader {
  readonly #reader: PropertyReader;
  readonly #path: string;
  readonly #cube: DeclaredCube;
  readonly #context: LinkContext;

  constructor(reader: PropertyReader, path: string, cube: DeclaredCube, context: LinkContext) {
    this.#reader = reader;
    this.#path = path;
    this.#cube = cube;
    this.#context = context;
  }

  read(): DimensionExpression | null {
    const reader = this.#reader;
    const forms = [
      reader.has('sql'),
      reader.has('case'),
      reader.has('latitude') || reader.has('longitude'),
    ];
    if (forms.filter(Boolean).length !== 1) {
      const span = this.#context.locate(reader.place, 'name');
      reader.report(reportModel('model/one-expression', { name: this.#path }, { span }));
      return null;
    }
    if (reader.has('case')) return this.#case();
    if (!reader.has('sql')) return this.#geo();
    const sql = this.#link(reader.get('sql')!, 'sql');
    return sql && { kind: 'sql', sql };
  }

  #geo(): DimensionExpression | null {
    const [latitude, longitude] = ['latitude', 'longitude'].map((key) => {
      const object = this.#reader.object(key);
      if (!object) {
        if (!this.#reader.has(key)) this.#reader.missing(key);
        return null;
      }
      return this.#sqlOf(object, key);
    });
    return latitude && longitude ? { kind: 'geo', latitude, longitude } : null;
  }

  #case(): DimensionExpression | null {
    const object = this.#reader.object('case');
    if (!object) return null;
    const reader = new PropertyReader(object, 'case', caseKeys, this.#context);
    const branches = objectList(reader.list('when'), reader, 'when');
    if (branches.length === 0) {
      const span = this.#context.locate(object.place);
      const help = 'when: [{ sql: `...`, label: `...` }]';
      reader.report(reportModel('model/empty-case', { name: this.#path }, { span, help }));
      return null;
    }
    const when = branches.flatMap((branch, index) => {
      const parts = new PropertyReader(branch, 'case branch', branchKeys, this.#context);
      const property = `case.when[${index}]`;
      const sql = this.#sqlOf(branch, property, parts);
      const label = this.#label(parts, property);
      return sql && label ? [{ sql, label }] : [];
    });
    const last = reader.object('else');
    const otherwise =
      last && this.#label(new PropertyReader(last, 'else', elseKeys, this.#context), 'case.else');
    return when.length === branches.length ? { kind: 'case', when, otherwise } : null;
  }

  #label(reader: PropertyReader, property: string): CaseLabel | null {
    const value = reader.get('label');
    if (!value) {
      reader.missing('label');
      return null;
    }
    if (value.kind === 'scalar' && typeof value.value === 'string')
      return { kind: 'text', text: value.value };
    if (value.kind === 'scalar' && typeof value.value === 'number')
      return { kind: 'text', text: String(value.value) };
    const object = reader.object('label');
    const sql = object && this.#sqlOf(object, `${property}.label`);
    return sql && { kind: 'sql', sql };
  }

  #sqlOf(object: DeclaredObject, property: string, known?: PropertyReader): Fragment | null {
    const reader = known ?? new PropertyReader(object, property, sqlKeys, this.#context);
    const sql = reader.get('sql');
    if (sql) return this.#link(sql, `${property}.sql`);
    reader.missing('sql');
    return null;
  }

  #link(value: DeclaredValue, property: string): Fragment | null {
    const site = { cube: this.#cube, member: this.#path, property, role: 'row' } as const;
    return linkFragment(value, site, this.#context);
  }
}
