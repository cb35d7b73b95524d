import type { DeclaredValue } from '../syntax/declaration.ts';
import type { AccessPolicy, PolicyFilter, PolicyValue } from './access-policy.ts';
import { claimOf } from './claim-of.ts';
import { describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import { policyOperators } from './properties.data.ts';
import type { PropertyReader, ReadContext } from './property-reader.ts';
import { readOwnMember, type Owner } from './read-policies.ts';

/** Nothing: an `or` without items. What cannot be told shows no rows. */
const none: PolicyFilter = { kind: 'or', items: [] };

/** The rows that a policy shows: all, unless it says otherwise. */
export function readPolicyRows(
  policy: PropertyReader,
  owner: Owner,
  context: ReadContext,
): AccessPolicy['rows'] {
  if (!policy.has('row_level')) return policy.isWrong('row_level') ? none : 'all';
  const rows = policy.child('row_level', 'row level')!;
  if (rows.has('filters') && rows.has('allow_all')) {
    const span = context.locate(rows.get('allow_all')!.place, 'name');
    const labels = [
      { span: context.locate(rows.get('filters')!.place, 'name'), text: 'the other' },
    ];
    const parameters = { what: rows.what, key: 'filters', other: 'allow_all' };
    rows.report(reportModel('model/not-both', parameters, { span, labels }));
    return none;
  }
  if (rows.has('allow_all')) return rows.boolean('allow_all') ? 'all' : none;
  if (!rows.has('filters')) rows.missing('filters');
  const filters = rows.children('filters');
  if (filters.length === 0) return none;
  return { kind: 'and', items: filters.map((item) => readFilter(item, owner, context)) };
}

function readFilter(reader: PropertyReader, owner: Owner, context: ReadContext): PolicyFilter {
  const forms = ['and', 'or', 'member'].filter((key) => reader.has(key));
  const [form] = forms;
  if (form === undefined || forms.length > 1) {
    const span = context.locate(reader.place);
    const help = "{ member: 'state', operator: 'equals', values: ['CA'] }, or { or: [...] }";
    reader.report(reportModel('model/bad-policy-filter', undefined, { span, help }));
    return none;
  }
  if (form === 'and' || form === 'or') {
    const items = reader.children(form).map((item) => readFilter(item, owner, context));
    return items.length > 0 ? { kind: form, items } : none;
  }
  const member = readOwnMember(reader.get('member')!, { owner, key: 'member' }, context);
  if (!reader.has('operator')) reader.missing('operator');
  const operator = reader.word('operator', policyOperators);
  const needsValues = operator !== 'set' && operator !== 'notSet';
  const written = reader.get('values');
  if (needsValues && !written) reader.missing('values');
  const values = written ? readValues(written, context) : [];
  if (!member || !operator || !values || (needsValues && !written)) return none;
  return { kind: 'member', member, operator, values };
}

/** A list, or one claim that holds a list. An empty list of values matches nothing. */
function readValues(value: DeclaredValue, context: ReadContext): PolicyValue[] | null {
  const items = value.kind === 'list' ? value.items : [value];
  const found = items.flatMap((item) => readValue(item, context) ?? []);
  return found.length === items.length ? found : null;
}

function readValue(value: DeclaredValue, context: ReadContext): PolicyValue | null {
  if (value.kind === 'scalar') return { kind: 'constant', value: value.value };
  const claim = claimOf(value);
  if (claim) return { kind: 'claim', claim };
  const expected = 'values and claims: [`CA`, securityContext.state]';
  const parameters = { key: 'values', expected, found: describeValue(value) };
  const help =
    'a claim stands alone in its value: in YAML "{ securityContext.state }", in JavaScript securityContext.state; make it what the column holds before it is sent';
  const span = context.locate(value.place);
  context.report(reportModel('model/bad-value', parameters, { span, help }));
  return null;
}
