import { assertNever } from '../../core/invariant.ts';
import type {
  JoinNode,
  MaskedMember,
  Occurrence,
  Period,
  Plan,
  PlanColumn,
  PlanNode,
  WindowsNode,
} from '../plan.ts';
import { conditionText, policyText } from './condition-text.ts';

/** A line and those below it, which are indented by two spaces. */
interface Lines {
  readonly line: string;
  readonly below: readonly Lines[];
}

/** Periods of one node that are printed; those between the first and the last are counted. */
const maxPeriods = 4;

/**
 * The plan as indented text, a node a line, as `docs/planning.md` draws it. The text is complete
 * except for long lists, which are counted, and contains no claim of a user.
 */
export function explainPlan(plan: Plan): string {
  return [nodeLines(plan.root, plan), ...headLines(plan)].map((item) => render(item, '')).join('');
}

function render({ line, below }: Lines, indent: string): string {
  return `${indent}${line}\n${below.map((item) => render(item, `${indent}  `)).join('')}`;
}

const leaf = (line: string): Lines => ({ line, below: [] });

/** What holds for the whole plan; defaults are left out. */
function headLines(plan: Plan): Lines[] {
  const { occurrences, masked = [], timezone, range, access } = plan;
  const named = occurrences.filter((item) => item.name !== item.member || item.via !== null);
  return [
    leaf(
      `columns  ${plan.columns.map((column) => `${columnText(column)} ${column.type}`).join(', ')}`,
    ),
    ...named.map((item) => leaf(`member  ${occurrenceText(item)}`)),
    ...masked.map((item) => leaf(`masked  ${maskText(item)}`)),
    ...access
      .filter((item) => item.rows !== 'all')
      .map(({ cube, rows }) =>
        leaf(`policy  ${cube}: ${rows === 'all' ? rows : policyText(rows)}`),
      ),
    ...(timezone === 'UTC' ? [] : [leaf(`timezone  ${timezone}`)]),
    ...(range ? [leaf(`range  ${range.from} to ${range.to}`)] : []),
    ...(plan.relativeDates ? [leaf('relative dates')] : []),
    ...(plan.total ? [leaf('total of rows')] : []),
  ];
}

function occurrenceText({ name, member, via }: Occurrence): string {
  return `${name} = ${member}${via ? ` by ${via.join('.')}` : ''}`;
}

function maskText({ asked, name, shown }: MaskedMember): string {
  const rows = shown.map((item) => `${item.owner}: ${policyText(item.rows)}`);
  return `${asked} as ${JSON.stringify(name)}${rows.length > 0 ? `, shown where ${rows.join(' and ')}` : ''}`;
}

function columnText({ member, granularity }: PlanColumn): string {
  return granularity === null ? member : `${member} by ${granularity}`;
}

function columnsText(label: string, columns: readonly PlanColumn[]): string {
  return columns.length === 0 ? '' : `${label}: ${columns.map(columnText).join(', ')}`;
}

function head(kind: string, ...parts: readonly string[]): string {
  const texts = parts.filter((part) => part !== '');
  return texts.length === 0 ? kind : `${kind}  ${texts.join('   ')}`;
}

function groupsHead(
  kind: string,
  node: { readonly groups: readonly PlanColumn[]; readonly measures: readonly PlanColumn[] },
): string {
  return head(kind, columnsText('groups', node.groups), columnsText('measures', node.measures));
}

function nodeLines(node: PlanNode, plan: Plan): Lines {
  const lines = (item: PlanNode): Lines => nodeLines(item, plan);
  switch (node.kind) {
    case 'scan':
      return leaf(`scan  ${node.cube}`);
    case 'join':
      return joinLines(node, plan);
    case 'filter':
      return {
        line: 'filter',
        below: [...node.conditions.map((item) => leaf(conditionText(item))), lines(node.input)],
      };
    case 'own-rows':
      return { line: 'own-rows', below: [keysLines(node.keys, plan), lines(node.rows)] };
    case 'windows':
      return windowsLines(node, plan);
    case 'grid':
      return {
        line: head('grid', columnText(node.column), startsText(node.starts)),
        below: node.beside
          ? [
              {
                line: head('beside', columnsText('groups', node.beside.groups)),
                below: [lines(node.beside.rows)],
              },
            ]
          : [],
      };
    case 'aggregate':
    case 'regroup':
      return { line: groupsHead(node.kind, node), below: [lines(node.input)] };
    case 'combine':
      return { line: groupsHead('combine', node), below: node.parts.map(lines) };
    case 'stages':
      return {
        line: groupsHead('stages', node),
        below: [
          ...node.stages.map((stage, index) =>
            leaf(
              `stage ${index + 1}  ${stage.map(({ measure, within }) => `${columnText(measure)} over ${scopeText(within)}`).join(', ')}`,
            ),
          ),
          lines(node.input),
        ],
      };
    case 'group-filter':
      return {
        line: 'group-filter',
        below: [...node.conditions.map((item) => leaf(conditionText(item))), lines(node.input)],
      };
    case 'running-totals':
      return {
        line: head(
          'running-totals',
          columnsText('measures', node.measures),
          columnsText('along', node.along),
          columnsText('within', node.within),
        ),
        below: [lines(node.input)],
      };
    case 'project':
      return {
        line: head('project', node.columns.map(columnText).join(', ')),
        below: [lines(node.input)],
      };
    case 'sort': {
      const keys = node.keys.map(
        ({ column, descending }) => columnText(plan.columns[column]!) + (descending ? ' desc' : ''),
      );
      return { line: head('sort', keys.join(', ')), below: [lines(node.input)] };
    }
    case 'limit':
      return {
        line: `limit  ${node.limit}${node.offset > 0 ? ` offset ${node.offset}` : ''}`,
        below: [lines(node.input)],
      };
    default:
      return assertNever(node);
  }
}

function scopeText(within: readonly PlanColumn[] | null): string {
  if (within === null) return 'its own group';
  return within.length === 0 ? 'all groups' : `groups of one ${within.map(columnText).join(', ')}`;
}

function joinLines(node: JoinNode, plan: Plan): Lines {
  const steps = node.joins.map((step) => {
    const as = step.path === `${step.from}.${step.cube}` ? '' : ` as ${step.path}`;
    return leaf(`${step.from} -${step.relationship}-> ${step.cube}${as}`);
  });
  const references = node.references
    .filter(({ at, cube, to }) => to !== at && to !== `${at}.${cube}`)
    .map(({ at, cube, to }) => leaf(`${cube} in the SQL of ${at}: ${to}`));
  const places = node.places.map(({ name, at }) => leaf(`${name} at ${at}`));
  const subQueries = node.subQueries.map(({ at, dimension, groups, conditions }) => ({
    line: `sub-query  ${dimension} at ${at}: at most one group for each row`,
    below: [
      ...conditions.map((item) => leaf(`where ${conditionText(item)}`)),
      nodeLines(groups, plan),
    ],
  }));
  return {
    line: `join  ${node.input.cube}`,
    below: [...steps, ...references, ...places, ...subQueries],
  };
}

function keysLines(node: Extract<PlanNode, { kind: 'own-rows' }>['keys'], plan: Plan): Lines {
  const columns = [...node.groups.map(columnText), ...node.keys];
  return { line: `keys  DISTINCT ${columns.join(', ')}`, below: [nodeLines(node.input, plan)] };
}

function windowsLines(node: WindowsNode, plan: Plan): Lines {
  const { along, rows } = node;
  const line = along
    ? head('windows', `over ${along.time}`, `for each ${columnText(along.column)}`)
    : 'windows';
  return {
    line,
    below: [
      ...(along ? periodLines(along.periods) : []),
      ...rows.map((item) => leaf(`where ${conditionText(item)}`)),
      nodeLines(node.input, plan),
    ],
  };
}

function periodLines(periods: readonly Period[]): Lines[] {
  const text = ({ start, from, until }: Period): Lines =>
    leaf(`${start}: ${from ?? '...'} until ${until ?? '...'}`);
  if (periods.length <= maxPeriods) return periods.map(text);
  const between = periods.length - maxPeriods;
  return [
    ...periods.slice(0, maxPeriods - 1).map(text),
    leaf(`${between} more periods`),
    text(periods.at(-1)!),
  ];
}

function startsText(starts: readonly string[]): string {
  if (starts.length <= maxPeriods) return starts.join(', ');
  return `${starts.slice(0, maxPeriods - 1).join(', ')}, ... (${starts.length}), ${starts.at(-1)}`;
}
