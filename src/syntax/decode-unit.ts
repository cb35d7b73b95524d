import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { Span } from '../core/span.ts';
import type { DeclarationUnit, DeclaredValue, Definition, Place } from './declaration.ts';
import { DefinitionDecoder } from './decode-definition.ts';
import { DecodedSites } from './decode-sites.ts';
import { decodeTraces } from './decode-traces.ts';
import { PlaceIndex } from './place-index.ts';
import { asArray, asIndex, asSpan, asText, malformed, parseLine } from './reply-checks.ts';
import { guestAbiVersion } from './guest-abi.ts';

export { MalformedReply } from './reply-checks.ts';

export interface DecodeLimits {
  readonly depth: number;
  readonly members: number;
  readonly replyBytes: number;
}

/** Lines of a reply decoded before other work of the host gets its turn, in characters. */
const sliceLength = 500_000;
const mostDiagnostics = 1_000;

/**
 * Decodes the text with which a runner answered. All of it is untrusted: whatever is not exactly of
 * the form of `guest-abi` is refused, and no key of it becomes a property of an object.
 *
 * @throws MalformedReply
 */
export async function decodeUnit(
  reply: string,
  files: readonly SourceFile[],
  limits: DecodeLimits,
): Promise<DeclarationUnit> {
  const { lines, count, diagnostics, sites, trace } = await decodeTables(reply, files, limits);
  const decoder = new DefinitionDecoder(files, sites, limits);
  const definitions: Definition[] = [];
  const calls: number[] = [];
  for (let index = 0; index < count; index++) {
    const { definition, call } = decoder.definition(parseLine(lines.next()), index);
    definitions.push(definition);
    calls.push(call);
    await lines.pause();
  }
  lines.end();
  const places = new PlaceIndex(files, sites, definitions, calls);
  return {
    definitions,
    diagnostics,
    imports: sites.imports(),
    locate: (place, part) => places.locate(place, part),
    definitionOf: (place) => definitions[rootOf(place).key as number]!,
    ...trace,
    spent: { values: decoder.spent, pieces: sites.spent },
  };
}

/** Values that were evaluated for one user, in the order in which they were asked for. */
export interface DecodedValues {
  readonly values: readonly DeclaredValue[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Decodes the answer of an evaluation for one user, as untrusted as any other.
 *
 * @throws MalformedReply
 */
export async function decodeValues(
  reply: string,
  files: readonly SourceFile[],
  limits: DecodeLimits,
): Promise<DecodedValues> {
  const { lines, count, diagnostics, sites } = await decodeTables(reply, files, limits);
  const decoder = new DefinitionDecoder(files, sites, limits);
  const values: DeclaredValue[] = [];
  for (let index = 0; index < count; index++) {
    values.push(decoder.value(parseLine(lines.next()), index));
    await lines.pause();
  }
  lines.end();
  return { values, diagnostics };
}

const mostNeeded = 64;

/** What an evaluation needs and was not sent: a claim, or a part of the compile context. */
export type Needed =
  | { readonly kind: 'claim'; readonly path: readonly string[] }
  | { readonly kind: 'context'; readonly path: readonly string[]; readonly whole: boolean };

/** What an evaluation needs and was not sent; null when it ended without that. */
export function decodeNeeded(reply: string): Needed | null {
  if (!reply.startsWith('N')) return null;
  const [kind, ...rest] = asArray(parseLine(reply.slice(1)), null, 'what is needed');
  const isClaim = asIndex(kind, 1, 'a kind') === 0;
  const whole = !isClaim && asIndex(rest.shift(), 1, 'a flag') === 1;
  if (rest.length > mostNeeded) malformed('a path is too long');
  const path = rest.map((name) => asText(name, 2_000, 'a name'));
  return isClaim ? { kind: 'claim', path } : { kind: 'context', path, whole };
}

/** What stands before the definitions: findings, and the sites of every file. */
async function decodeTables(reply: string, files: readonly SourceFile[], limits: DecodeLimits) {
  if (reply.length > limits.replyBytes) malformed('the reply is too large');
  const lines = new LineReader(reply);
  const header = asArray(parseLine(lines.next()), 5, 'the header');
  if (header[0] !== guestAbiVersion) malformed('the reply is of another version');
  if (header[1] !== files.length) malformed('the reply is about other files');
  const count = asIndex(header[2], limits.members * 2, 'the number of definitions');
  const diagnostics = decodeDiagnostics(header[3], files);
  const sites = new DecodedSites(files, limits);
  for (let file = 0; file < files.length; file++) {
    sites.add(parseLine(lines.next()), lines.next());
    await lines.pause();
  }
  const trace = decodeTraces(header[4], files, sites.imports());
  return { lines, count, diagnostics, sites, trace };
}

/** The place of the definition in which a place lies. */
export function rootOf(place: Place): Place {
  let root = place;
  while (root.parent !== null) root = root.parent;
  return root;
}

function decodeDiagnostics(value: unknown, files: readonly SourceFile[]): Diagnostic[] {
  const items = asArray(value, null, 'the diagnostics');
  return items.slice(0, mostDiagnostics).map((item): Diagnostic => {
    const [code, severity, message, file, start, end, help] = asArray(item, 7, 'a diagnostic');
    const named = files[asIndex(file, files.length - 1, 'a file')]!;
    const [from, to] = asSpan(start, end, named.content.length);
    const span: Span = { file: named.path, start: from, end: to };
    const text = asText(code, 100, 'a code');
    if (!/^schema\/[a-z-]+$/.test(text)) malformed('a code is not of the schema');
    const found = asText(help, 2_000, 'a help');
    return {
      code: text,
      severity: severity === 1 ? 'warning' : 'error',
      message: asText(message, 2_000, 'a message'),
      span,
      ...(found !== '' && { help: found }),
    };
  });
}

/** Lines of a long text, without splitting it all at once. */
class LineReader {
  readonly #text: string;
  #from = 0;
  #sincePause = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string {
    if (this.#from > this.#text.length) malformed('the reply ends early');
    const found = this.#text.indexOf('\n', this.#from);
    const end = found < 0 ? this.#text.length : found;
    const line = this.#text.slice(this.#from, end);
    this.#sincePause += line.length;
    this.#from = end + 1;
    return line;
  }

  /** Lets other work of the process run now and then. */
  async pause(): Promise<void> {
    if (this.#sincePause < sliceLength) return;
    this.#sincePause = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }

  end(): void {
    if (this.#from <= this.#text.length) malformed('the reply goes on after its end');
  }
}
