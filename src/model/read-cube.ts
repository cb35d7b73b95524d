import { isIdentifier, underscore } from '../core/names.ts';
import type { Turns } from '../core/turns.ts';
import { classifyRaw } from '../sql/raw-text.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { Cube, CubeSource, Fragment, Member } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { toFragmentPieces, toRawPieces } from './raw-pieces.ts';
import { readDimension, readSegment } from './read-dimension.ts';
import { readHierarchies } from './read-hierarchies.ts';
import { readJoins } from './read-joins.ts';
import { readMeasure } from './read-measure.ts';
import { readPolicies } from './read-policies.ts';
import { readPreAggregations } from './read-pre-aggregations.ts';
import { readRefreshKey } from './read-refresh-key.ts';
import { titleOf } from './titles.ts';

/** A cube, linked; null after reporting that it has no source. */
export async function readCube(
  declared: DeclaredCube,
  context: LinkContext,
  turns: Turns,
): Promise<Cube | null> {
  const { name, body, definition } = declared;
  const reader = new PropertyReader(body, 'cube', context);
  const title = reader.text('title') ?? titleOf(name);
  const members = await readMembers(declared, title, context, turns);
  const source = readSource(reader, declared, context);
  if (turns.isDue) await turns.give();
  const joins = readJoins(reader, declared, context);
  if (turns.isDue) await turns.give();
  const hierarchies = readHierarchies(reader, declared, context);
  const alias = readAlias(reader, context);
  if (!source) return null;
  return {
    name,
    alias: alias ?? underscore(name),
    title,
    description: reader.text('description'),
    public: reader.boolean('public') ?? true,
    meta: reader.json('meta'),
    dataSource: reader.text('data_source') ?? 'default',
    source,
    members,
    primaryKeys: [...members.values()].flatMap((member) =>
      member.kind === 'dimension' && member.primaryKey ? [member.name] : [],
    ),
    joins,
    hierarchies,
    accessPolicies: readPolicies(reader, declared, context),
    refreshKey: readRefreshKey(reader, { cube: declared }, context),
    preAggregations: readPreAggregations(reader, declared, context),
    calendar: reader.boolean('calendar') ?? false,
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

async function readMembers(
  declared: DeclaredCube,
  title: string,
  context: LinkContext,
  turns: Turns,
): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  for (const [name, { kind, value }] of declared.members) {
    if (turns.isDue) await turns.give();
    const member = readers[kind](value, { name, cube: declared, cubeTitle: title }, context);
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
    // A base that could not be found has been reported, and could have one.
    if (!sql && reader.has('extends')) return null;
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
  if (query.pieces.some((piece) => piece.kind !== 'text')) return null;
  const { selectStarFrom } = classifyRaw(toRawPieces(query.pieces), context.lexical);
  if (!selectStarFrom) return null;
  return { ...query, pieces: toFragmentPieces(selectStarFrom, query.pieces) };
}
