import { isIdentifier, underscore } from '../core/names.ts';
import { classifyRaw } from '../sql/raw-text.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { Cube, CubeJoin, CubeSource, Fragment, Member } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { toFragmentPieces, toRawPieces } from './raw-pieces.ts';
import { readDimension, readSegment } from './read-dimension.ts';
import { readMeasure } from './read-measure.ts';
import { refuseUnsupported } from './read-member.ts';
import { titleOf } from './titles.ts';

const unsupported = ['access_policy', 'calendar'];
const keys = new Set([
  ...unsupported,
  'sql',
  'sql_table',
  'sql_alias',
  'extends',
  'title',
  'description',
  'data_source',
  'rewrite_queries',
  'refresh_key',
  'pre_aggregations',
  'joins',
  'measures',
  'dimensions',
  'segments',
  'hierarchies',
  'meta',
  'shown',
  'public',
]);

/** A cube, linked; null after reporting that it has no source. */
export function readCube(declared: DeclaredCube, context: LinkContext): Cube | null {
  const { name, body, definition } = declared;
  const reader = new PropertyReader(body, 'cube', keys, context);
  refuseUnsupported(reader, unsupported, context);
  for (const key of ['measures', 'dimensions', 'segments', 'joins']) reader.object(key);
  const title = reader.text('title') ?? titleOf(name);
  const members = readMembers(declared, title, context);
  const source = readSource(reader, declared, context);
  const joins = readJoins(reader, declared, context);
  const shown = reader.boolean('public') ?? reader.boolean('shown') ?? true;
  const alias = readAlias(reader, context);
  if (!source) return null;
  return {
    name,
    alias: alias ?? underscore(name),
    title,
    description: reader.text('description'),
    public: shown,
    meta: reader.json('meta'),
    dataSource: reader.text('data_source') ?? 'default',
    source,
    members,
    primaryKeys: [...members.values()].flatMap((member) =>
      member.kind === 'dimension' && member.primaryKey ? [member.name] : [],
    ),
    joins,
    file: definition.file,
  };
}

function readAlias(reader: PropertyReader, context: LinkContext): string | null {
  const alias = reader.text('sql_alias');
  if (alias === null || isIdentifier(alias)) return alias;
  const span = context.locate(reader.get('sql_alias')!.place);
  context.report(
    reportModel('model/bad-name', { what: 'SQL alias', name: alias.slice(0, 100) }, { span }),
  );
  return null;
}

const readers = { measure: readMeasure, dimension: readDimension, segment: readSegment };

function readMembers(
  declared: DeclaredCube,
  title: string,
  context: LinkContext,
): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const [name, { kind, value }] of declared.members) {
    const member = readers[kind](value, name, declared, title, context);
    if (member) members.set(name, member);
  }
  return members;
}

function readSource(
  reader: PropertyReader,
  declared: DeclaredCube,
  context: LinkContext,
): CubeSource | null {
  const sql = reader.get('sql');
  const table = reader.get('sql_table');
  if (!sql === !table) {
    const span = context.locate(declared.definition.place, 'name');
    const code = sql ? 'model/two-sources' : 'model/no-source';
    context.report(reportModel(code, { cube: declared.name }, { span }));
    return null;
  }
  const site = { cube: declared, member: declared.name, role: 'source' } as const;
  if (table) {
    const name = linkFragment(table, { ...site, property: 'sql_table' }, context);
    return name && { kind: 'table', name };
  }
  const query = linkFragment(sql!, { ...site, property: 'sql' }, context);
  if (!query) return null;
  const bare = bareTable(query, context);
  return bare ? { kind: 'table', name: bare } : { kind: 'query', sql: query };
}

/** The name when the SQL is exactly `select * from <name>`. */
function bareTable(query: Fragment, context: LinkContext): Fragment | null {
  const { selectStarFrom } = classifyRaw(toRawPieces(query.pieces), context.lexical);
  if (!selectStarFrom) return null;
  const pieces = toFragmentPieces(selectStarFrom, query.pieces);
  return pieces.every((piece) => piece.kind === 'text') ? { ...query, pieces } : null;
}

const relationships = new Map<string, CubeJoin['relationship']>([
  ['belongsTo', 'many-to-one'],
  ['belongs_to', 'many-to-one'],
  ['many_to_one', 'many-to-one'],
  ['manyToOne', 'many-to-one'],
  ['hasMany', 'one-to-many'],
  ['has_many', 'one-to-many'],
  ['one_to_many', 'one-to-many'],
  ['oneToMany', 'one-to-many'],
  ['hasOne', 'one-to-one'],
  ['has_one', 'one-to-one'],
  ['one_to_one', 'one-to-one'],
  ['oneToOne', 'one-to-one'],
]);
const joinKeys = new Set(['relationship', 'sql']);

function readJoins(
  reader: PropertyReader,
  declared: DeclaredCube,
  context: LinkContext,
): CubeJoin[] {
  const joins = reader.get('joins');
  if (joins?.kind !== 'object') return [];
  return [...joins.entries].flatMap(([target, value]) => {
    if (!context.cubes.has(target)) {
      const span = context.locate(value.place, 'name');
      context.report(reportModel('model/unknown-cube', { name: target }, { span }));
      return [];
    }
    if (value.kind !== 'object') {
      reader.bad(target, 'an object', value);
      return [];
    }
    const join = new PropertyReader(value, 'join', joinKeys, context);
    const relationship = join.word('relationship', relationships);
    const sql = join.get('sql');
    if (!sql) join.missing('sql');
    const property = `joins.${target}.sql`;
    const fragment =
      sql &&
      linkFragment(sql, { cube: declared, member: declared.name, property, role: 'join' }, context);
    return relationship && fragment ? [{ target, relationship, sql: fragment }] : [];
  });
}
