import { guestAbiVersion, type WireDiagnostic } from '../syntax/guest-abi.ts';
import type { CompiledFile } from './compile-file.ts';

/** The reply for the host: what the syntax trees tell, and what the guest made. */
export function composeReply(files: readonly CompiledFile[], guestText: string): string {
  const lines = guestText.split('\n');
  const notes = JSON.parse(lines[0] ?? '[]') as WireDiagnostic[];
  const found = [...files.flatMap((file) => file.diagnostics), ...notes.map((item) => place(item, files))];
  const header = JSON.stringify([guestAbiVersion, files.length, lines.length - 1, found]);
  const tables = files.map((file) => JSON.stringify([file.sites, file.calls]));
  return [header, ...tables, ...lines.slice(1)].join('\n');
}

/** Offsets for what the guest knows as a line (-10 - n), a site (-1) or a call (-3). */
function place(item: WireDiagnostic, files: readonly CompiledFile[]): WireDiagnostic {
  const [code, severity, message, index, start, end, help] = item;
  const file = files[index];
  if (!file || start >= 0) return item;
  if (start === -1) {
    const [from, to] = file.sites[end] ?? [0, 0];
    return [code, severity, message, index, from, to, help];
  }
  if (start === -3) {
    const [from, to] = callSpan(file, end);
    return [code, severity, message, index, from, to, help];
  }
  const line = Math.min(-10 - start, file.lines.length) - 1;
  const from = file.lines[Math.max(0, line)]!;
  return [code, severity, message, index, from, from, help];
}

function callSpan(file: CompiledFile, call: number): readonly [number, number] {
  const calls = JSON.parse(file.calls) as readonly (readonly [number, number, unknown])[];
  const [from, to] = calls[call] ?? [0, 0];
  return [from, to];
}
