import { contextWords } from '../core/context-words.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { DeclaredScalar, DeclaredValue } from '../syntax/declaration.ts';
import type { Template, TextPiece } from '../syntax/template.ts';
import type { DeclaredCube, DeclaredNames } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { Braces, ValueShape } from './properties.data.ts';
import type { ReadContext } from './property-reader.ts';
import { bracesOf, itemOf } from './shapes.ts';

const name = '[A-Za-z_$][\\w$]*';
const rest = `(?:\\??\\.${name}|\\[[^\\]{}]*\\])*`;
const words = ['CUBE', 'TABLE', 'FILTER_PARAMS', 'FILTER_GROUP', 'SQL_UTILS', ...contextWords];

/** What YAML files, and templates of JavaScript, name a cube, a member or a claim by. */
const anyName = new RegExp(`\\$?\\{\\s*(${name})${rest}\\s*\\}`);
/** The same, begun with a word that means nothing else. */
const knownWord = new RegExp(`\\$?\\{\\s*(?:${words.join('|')})\\b[^{}]*\\}`);
/** A claim without braces, and nothing else. */
const claimName = new RegExp(
  `^\\s*(?:${contextWords.join('|')})(?:\\??\\.${name}|\\[[^\\]]*\\])+\\s*$`,
);

export function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

/**
 * What is wrong with texts that name a cube, a member or a claim, where they would stand as they are. In
 * YAML files the frontend has read the braces: what is left belongs to the text.
 */
export function misplacedNames(
  key: string,
  value: DeclaredValue,
  shape: ValueShape,
  context: ReadContext,
): readonly Diagnostic[] {
  if (value.kind === 'list') {
    return value.items.flatMap((item) => misplacedNames(key, item, itemOf(shape), context));
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return none;
  const braces = bracesOf(shape);
  if (braces === 'literal' || braces === 'sql') return none;
  return misplacedName(key, { ...value, value: value.value }, braces, context);
}

const none: readonly Diagnostic[] = [];

function misplacedName(
  key: string,
  { value: text, place }: DeclaredScalar & { readonly value: string },
  braces: Braces,
  { locate }: ReadContext,
): readonly Diagnostic[] {
  const isClaim = claimName.test(text);
  if (!isClaim && !text.includes('{')) return none;
  const span = locate(place);
  const inYaml = isYaml(span.file);
  const found = isClaim ? text.trim() : inYaml ? undefined : anyName.exec(text)?.[0];
  if (found === undefined) return none;
  const isSure =
    isClaim || braces === 'reference' || braces === 'condition' || knownWord.test(text);
  const severity = isSure ? 'error' : 'warning';
  const help = helpFor(found, { braces, inYaml });
  const parameters = { key, found: found.slice(0, 100) };
  return [reportModel('model/misplaced-braces', parameters, { span, help, severity })];
}

function helpFor(
  found: string,
  { braces, inYaml }: { readonly braces: Braces; readonly inYaml: boolean },
): string {
  const inner = found.replace(/^\$?\{\s*|\s*\}$/g, '');
  if (braces === 'refused') {
    return 'claims stand in sql, and in the values and conditions of an access_policy';
  }
  return inYaml
    ? `write "{ ${inner} }"`
    : `write ${inner} without quotes, or in a template: \${${inner}}`;
}

/**
 * Braces in the SQL of JavaScript files that YAML files would name something by. Databases have braces
 * too, in texts above all, so only a word of the schema language is surely a mistake.
 */
export function misplacedInSql(
  { text, start }: TextPiece,
  template: Template,
  { cube, property }: { readonly cube: DeclaredCube; readonly property: string },
  { cubes }: Pick<DeclaredNames, 'cubes'>,
): Diagnostic | null {
  if (!text.includes('{') || isYaml(template.file)) return null;
  const word = knownWord.exec(text)?.[0];
  const [named, root] = anyName.exec(text) ?? [];
  const isName = root !== undefined && (cubes.has(root) || cube.members.has(root));
  const found = word ?? (isName ? named : undefined);
  if (found === undefined) return null;
  const at = start === undefined ? undefined : start + text.indexOf(found);
  const span =
    at === undefined
      ? { file: template.file, start: template.start, end: template.end }
      : { file: template.file, start: at, end: at + found.length };
  const help = `write $${found.replace(/^\$/, '')} in a template: \`...\``;
  const severity = word === undefined ? 'warning' : 'error';
  const key = property.slice(property.lastIndexOf('.') + 1);
  const parameters = { key, found: found.slice(0, 100) };
  return reportModel('model/misplaced-braces', parameters, { span, help, severity });
}
