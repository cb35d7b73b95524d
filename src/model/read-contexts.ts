import { didYouMean } from '../core/suggest.ts';
import type { DeclaredValue, Definition } from '../syntax/declaration.ts';
import { badName, isUsableName } from './declared-cube.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import { PropertyReader, type ReadContext } from './property-reader.ts';
import { namedPath } from './read-references.ts';

/**
 * The groups that `context()` names, by name in order. What is wrong is reported, and left out: a member
 * alone, and contexts of one name all of them.
 *
 * @param known Names of the cubes and views.
 */
export function readContexts(
  definitions: readonly Definition[],
  known: ReadonlySet<string>,
  context: ReadContext,
): ReadonlyMap<string, readonly string[]> {
  const contexts = definitions.filter(({ kind }) => kind === 'context');
  const sorted = [...Map.groupBy(contexts, ({ name }) => name)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const found = new Map<string, readonly string[]>();
  for (const [name, sameName] of sorted) {
    const groups = sameName.map((definition) => readGroup(definition, known, context));
    if (hasUsableName(sameName, context)) found.set(name, groups[0]!);
  }
  return found;
}

function hasUsableName([first, ...others]: readonly Definition[], context: ReadContext): boolean {
  const { name, place } = first!;
  const span = context.locate(place, 'name');
  if (!isUsableName(name)) {
    context.report(badName('context', name, span));
    return false;
  }
  const labels = [{ span, text: 'the first one is here' }];
  for (const other of others) {
    const extras = { span: context.locate(other.place, 'name'), labels };
    context.report(reportModel('model/duplicate-name', { what: 'contexts', name }, extras));
  }
  return others.length === 0;
}

const membersKey = 'context_members';

function readGroup(
  { body }: Definition,
  known: ReadonlySet<string>,
  context: ReadContext,
): readonly string[] {
  const first = new Map<string, DeclaredValue>();
  for (const item of new PropertyReader(body, 'context', context).list(membersKey)) {
    const name = readMember(item, known, context);
    if (name === null) continue;
    const before = first.get(name);
    if (!before) first.set(name, item);
    else {
      const labels = [{ span: context.locate(before.place), text: 'the first one is here' }];
      const extras = { span: context.locate(item.place), labels };
      const parameters = { what: 'members of one context', name };
      context.report(reportModel('model/duplicate-name', parameters, extras));
    }
  }
  return [...first.keys()];
}

/** null after reporting. */
function readMember(
  item: DeclaredValue,
  known: ReadonlySet<string>,
  context: ReadContext,
): string | null {
  const [name, ...others] = namedPath(item) ?? [];
  if (name === undefined || others.length > 0) {
    const found = name === undefined ? describeValue(item) : [name, ...others].join('.');
    badValue({ key: membersKey, expected: 'a list of cubes and views', found }, item, context);
    return null;
  }
  if (known.has(name)) return name;
  const extras = { span: context.locate(item.place), help: didYouMean(name, known) };
  context.report(reportModel('model/unknown-cube', { name }, extras));
  return null;
}
