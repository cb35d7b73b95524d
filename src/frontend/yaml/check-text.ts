import type { YamlReport } from './yaml-report.ts';

const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** `{% for %}`, `{# comment #}`, `{{ name }}`: a doubled brace before anything else is an escaped one. */
const jinja = /\{%|\{#|\{\{[-+]?[ \t]*[A-Za-z_]/g;

/** What makes a text no YAML at all, before it is read: false after reporting it. */
export function checkText(content: string, report: YamlReport): boolean {
  const control = unprintable.exec(content);
  if (control) {
    const code = content.charCodeAt(control.index).toString(16).toUpperCase().padStart(4, '0');
    const message = `the file holds the control character U+${code}, which YAML does not allow`;
    report.add('schema/syntax', message, [control.index, control.index + 1], 'remove it');
    return false;
  }
  for (const found of content.matchAll(jinja)) {
    if (isComment(content, found.index)) continue;
    report.add(
      'schema/jinja',
      `Jinja templates are not supported: '${found[0].trim()}' begins one`,
      [found.index, found.index + 2],
      'generate cubes in a JavaScript schema file; braces that belong to a text are written \\{ and \\}',
    );
    return false;
  }
  return true;
}

/** Whether everything before an offset in its line is a comment. */
function isComment(content: string, offset: number): boolean {
  const line = content.slice(content.lastIndexOf('\n', offset) + 1, offset);
  return line.trimStart().startsWith('#');
}
