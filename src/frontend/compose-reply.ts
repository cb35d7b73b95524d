import {
  guestAbiVersion,
  type WireDiagnostic,
  type WireFile,
  type WireTrace,
} from '../syntax/guest-abi.ts';
import type { CompiledFile } from './compile-file.ts';
import type { LinkedModules } from './link-modules.ts';

/** The reply for the host: what the syntax trees tell, and what the guest made. */
export function composeReply(
  files: readonly CompiledFile[],
  linked: LinkedModules,
  guestText: string,
  depends: boolean,
): string {
  const lines = guestText.split('\n');
  const [notes, trace] = JSON.parse(lines[0]!) as [WireDiagnostic[], WireTrace];
  const [links, lookups, exporters, stopped] = trace;
  const refused = files.flatMap(({ diagnostics }, index) =>
    diagnostics.some(([, severity]) => severity === 0) ? [index] : [],
  );
  const unlinked = linked.diagnostics.map(([, , , index]) => index);
  const failed = [...stopped, ...refused, ...unlinked];
  const found = [
    ...files.flatMap((file) => file.diagnostics),
    ...linked.diagnostics,
    ...notes.map((item) => place(item, files)),
  ];
  const header = JSON.stringify([
    guestAbiVersion,
    files.length,
    lines.length - 1,
    found,
    [links, lookups, exporters, failed, depends ? 1 : 0],
  ]);
  const tables = files.map((file, index) => {
    const imported = new Set(linked.links[index]!.map((link) => link.target));
    imported.delete(-1);
    const table: WireFile = [file.sites, [...imported].sort((a, b) => a - b)];
    return `${JSON.stringify(table)}\n${file.calls}`;
  });
  return [header, ...tables, ...lines.slice(1)].join('\n');
}

/** Offsets for what the guest knows as a line (-10 - n), a site (-1) or a call (-3). */
function place(item: WireDiagnostic, files: readonly CompiledFile[]): WireDiagnostic {
  const [code, severity, message, index, start, end, help] = item;
  const file = files[index];
  // A schema can make its stacks say what it likes.
  if (!file) return [code, severity, message, 0, 0, 0, help];
  if (start >= 0) return item;
  if (start === -1) {
    const [from, to] = file.sites[end] ?? [0, 0];
    return [code, severity, message, index, from, to, help];
  }
  if (start === -3) {
    const [from, to] = callSpan(file, end);
    return [code, severity, message, index, from, to, help];
  }
  const [from, to] = lineSpan(file.content, -10 - start);
  return [code, severity, message, index, from, to, help];
}

/** A line (from 1) without the white space at its ends. */
function lineSpan(content: string, line: number): readonly [number, number] {
  let from = 0;
  for (let number = 1; number < line && content.includes('\n', from); number++) {
    from = content.indexOf('\n', from) + 1;
  }
  const end = content.indexOf('\n', from);
  const text = content.slice(from, end < 0 ? undefined : end);
  const start = from + text.length - text.trimStart().length;
  return [start, Math.max(start, from + text.trimEnd().length)];
}

function callSpan(file: CompiledFile, call: number): readonly [number, number] {
  const calls = JSON.parse(file.calls) as readonly (readonly [number, number, unknown])[];
  const [from, to] = calls[call] ?? [0, 0];
  return [from, to];
}
