import type { YAMLError } from 'yaml';
import type { TokenWatch } from './token-watch.ts';
import type { Range, YamlReport } from './yaml-report.ts';

/** What the library calls an error, and what its author needs to know: message and help. */
const explanations: readonly (readonly [pattern: RegExp, message: string, help: string])[] = [
  [/^Tabs are not allowed/, 'a tab cannot indent YAML', 'indent with spaces, two for each level'],
  [
    /must start at the same column$|^Sequence item without - indicator/,
    'this line is indented less or more than its neighbours',
    'lines of one map or list begin in the same column',
  ],
  [
    /^Nested mappings are not allowed in compact mappings|^Block collections are not allowed within/,
    "a second ': ' stands in this line",
    "put the text in quotes when the ': ' belongs to it",
  ],
  [
    /^Implicit keys need to be on a single line/,
    "a ':' is missing after the key",
    'write key: value; a key stands in one line with its colon',
  ],
  [
    /^Implicit map keys need to be followed by map values/,
    "a ':' is missing after the key",
    'write key: value',
  ],
  [
    /^Unexpected .* token in YAML /,
    'nothing that is open here can go on with this',
    'a bracket or a quote too many stands here or before',
  ],
  [
    /^Missing closing (.)quote/,
    'the quoted text is never closed',
    'a quote inside single quotes is doubled, inside double quotes it is \\"',
  ],
  [
    /^Invalid escape sequence/,
    'there is no such escape in double quotes',
    'write \\\\ for a backslash, or use single quotes',
  ],
  [
    /^Plain value cannot start with/,
    'a text cannot begin with this character',
    'put the text in quotes',
  ],
  [/^Block scalar header includes extra/, 'only an indentation stands after | or >', ''],
  [/^Missing space before|space required|must be separated/i, 'a space is missing', ''],
  [/^Missing , |Missing , between/, "a ',' is missing between two items", ''],
];

/** Where the braces begin that end before an offset, in the same line; -1 when none do. */
function braceBefore(content: string, offset: number): number {
  const line = content.slice(content.lastIndexOf('\n', offset - 1) + 1, offset);
  const found = /\{[^{}]*\}\s*$/.exec(line.slice(-200));
  return found ? offset - found[0].length : -1;
}

/** Reports the library's errors in the words of a schema author; the first of each line is enough. */
export function reportSyntaxErrors(
  errors: readonly YAMLError[],
  content: string,
  watch: TokenWatch,
  report: YamlReport,
): void {
  const lines = new Set<number>();
  let wasLost = false;
  for (const error of errors) {
    if (report.isFull) return;
    if (watch.hasReported(error.code, error.message)) continue;
    // Once the parser is lost, it says of every token that it did not expect it.
    const isLost = error.message.includes(' token in YAML ');
    if (isLost && wasLost) continue;
    wasLost ||= isLost;
    const range = placeOf(error, content, watch);
    const line = content.lastIndexOf('\n', range[0] - 1);
    if (lines.has(line)) continue;
    lines.add(line);
    const [message, help] = explain(error, content);
    report.add('schema/syntax', message, range, help);
  }
}

function explain({ message, pos }: YAMLError, content: string): readonly [string, string] {
  if (message.endsWith('at node end')) {
    return braceBefore(content, pos[0]) >= 0
      ? ['a text that begins with a brace needs quotes', 'write it as in sql: "{CUBE}.id"']
      : ['something follows the end of a value', 'put the whole text in quotes'];
  }
  const found = explanations.find(([pattern]) => pattern.test(message));
  if (found) return [found[1], found[2]];
  const said = `${message.slice(0, 1).toLowerCase()}${message.slice(1, 200)}`;
  return [`the file is not valid YAML: ${said}`, ''];
}

/** The token that an error is about. */
function placeOf({ message, pos }: YAMLError, content: string, watch: TokenWatch): Range {
  const [from, to] = pos;
  const quote = message.startsWith('Missing closing') ? watch.openingQuote(from) : undefined;
  if (quote !== undefined) return [quote, quote + 1];
  const brace = message.endsWith('at node end') ? braceBefore(content, from) : -1;
  if (brace >= 0) return [brace, Math.max(to, brace + 1)];
  // The library points at the indentation of a line, or at the line break before it.
  let start = Math.min(from, content.length);
  while (content[start] === ' ') start += 1;
  if (start >= content.length || content[start] === '\n' || content[start] === '\r') {
    const before = content.slice(Math.max(0, start - 10_000), start).trimEnd().length;
    start = Math.max(0, start - Math.min(start, 10_000) + before - 1);
  }
  return [start, Math.max(start + 1, Math.min(to, content.length))];
}
