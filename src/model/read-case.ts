import type { DeclaredValue } from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { FragmentSite } from './check-reference.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { CaseLabel, DimensionExpression, Fragment, SwitchExpression } from './model.ts';
import type { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';
import { readMemberName } from './read-references.ts';

type CaseExpression = Extract<DimensionExpression, { kind: 'case' }>;
type CaseSite = Omit<FragmentSite, 'property'>;

/** `case: { when: [{ sql, label }], else }`, or with `switch` and values; null after reporting. */
export function readCase(
  reader: PropertyReader,
  site: CaseSite,
  context: LinkContext,
): CaseExpression | SwitchExpression | null {
  const branches = reader.children('when');
  if (reader.has('when') && branches.length === 0) {
    const span = context.locate(reader.place);
    const help = 'when: [{ sql: `...`, label: `...` }]';
    reader.report(reportModel('model/empty-case', { name: site.member }, { span, help }));
    return null;
  }
  const on = reader.get('switch');
  if (on) return readSwitch(reader, { on, branches }, site, context);
  const when = branches.flatMap((branch, index) => {
    const property = `case.when[${index}]`;
    dropped(branch, ['value'], "a case with 'switch'", context);
    if (!branch.has('sql')) branch.missing('sql');
    const sql = linkSql(branch, { ...site, property: `${property}.sql` }, context);
    const label = readLabel(branch, { ...site, property: `${property}.label` }, context);
    return sql && label ? [{ sql, label }] : [];
  });
  const last = reader.child('else');
  if (last) dropped(last, ['sql'], "a case with 'switch'", context);
  const otherwise = last && readLabel(last, { ...site, property: 'case.else.label' }, context);
  const isWhole = branches.length > 0 && when.length === branches.length;
  return isWhole ? { kind: 'case', when, otherwise } : null;
}

function readSwitch(
  reader: PropertyReader,
  { on, branches }: { on: DeclaredValue; branches: readonly PropertyReader[] },
  site: CaseSite,
  context: LinkContext,
): SwitchExpression | null {
  const dimension = readMemberName(
    on,
    { cube: site.cube, key: 'switch', kinds: ['dimension'] },
    context,
  );
  const when = branches.flatMap((branch, index) => {
    const value = branch.text('value');
    dropped(branch, ['label'], "a case without 'switch'", context);
    for (const key of ['value', 'sql']) if (!branch.has(key)) branch.missing(key);
    const sql = linkSql(branch, { ...site, property: `case.when[${index}].sql` }, context);
    return sql && value !== null ? [{ value, sql }] : [];
  });
  const last = reader.child('else');
  if (last) dropped(last, ['label'], "a case without 'switch'", context);
  if (last && !last.has('sql')) last.missing('sql');
  const otherwise: Fragment | null =
    last && linkSql(last, { ...site, property: 'case.else.sql' }, context);
  const isWhole = branches.length > 0 && when.length === branches.length;
  return dimension && isWhole ? { kind: 'switch', on: dimension, when, otherwise } : null;
}

/** What the other kind of case reads. */
function dropped(
  reader: PropertyReader,
  keys: readonly string[],
  expected: string,
  context: LinkContext,
): void {
  for (const key of keys) {
    const value = reader.get(key);
    if (!value) continue;
    const span = context.locate(value.place, 'name');
    reader.report(reportModel('model/only-with', { key, expected }, { span }));
  }
}

/** A text, or `{ sql }`. */
function readLabel(
  reader: PropertyReader,
  site: FragmentSite,
  context: LinkContext,
): CaseLabel | null {
  const text = reader.text('label') ?? reader.number('label');
  if (text !== null) return { kind: 'text', text: String(text) };
  if (!reader.has('label')) {
    reader.missing('label');
    return null;
  }
  const object = reader.child('label', 'label');
  const value = object?.get('sql');
  const sql = value && linkFragment(value, { ...site, property: `${site.property}.sql` }, context);
  return sql ? { kind: 'sql', sql } : null;
}
