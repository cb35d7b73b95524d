import type { Scalar } from 'yaml';
import type { WirePiece, WireSite } from '../../syntax/guest-abi.ts';
import { scalarText } from './scalar-text.ts';
import { hasBraces, referencePieces, templatePieces } from './template-text.ts';
import type { YamlReport } from './yaml-report.ts';

/** How a property reads its text: as it is, as SQL with braces, or as the name of a cube or member. */
export type Role = 'plain' | 'sql' | 'reference';

/** Writes scalars as JavaScript; texts with references become static sites. */
export class ScalarWriter {
  readonly sites: WireSite[] = [[0, 0]];
  readonly #content: string;
  readonly #report: YamlReport;
  /** An alias does not make a second site of what it stands for. */
  readonly #known: Readonly<Record<Role, Map<Scalar, string>>>;

  constructor(content: string, report: YamlReport) {
    this.#content = content;
    this.#report = report;
    this.#known = { plain: new Map(), sql: new Map(), reference: new Map() };
  }

  write(node: Scalar, role: Role): string {
    if (typeof node.value !== 'string') return String(node.value);
    if (role === 'plain') return JSON.stringify(node.value);
    const known = this.#known[role].get(node);
    if (known !== undefined) return known;
    const code = this.#text(node, node.value, role);
    this.#known[role].set(node, code);
    return code;
  }

  #text(node: Scalar, text: string, role: Role): string {
    const value = scalarText(node, this.#content);
    if (hasBraces(text)) return this.#site(value.range, templatePieces(value, this.#report));
    const pieces = role === 'reference' ? referencePieces(value) : null;
    if (pieces) return this.#site(value.range, pieces);
    // A text that is not verbatim keeps its places as a site; one that is has them anyway.
    if (role === 'sql' && !value.isVerbatim && text !== '') {
      return this.#site(value.range, value.pieces(0, text.length));
    }
    return JSON.stringify(text);
  }

  #site([start, end]: readonly [number, number], pieces: readonly WirePiece[]): string {
    return `$.s(${this.sites.push([start, end, ...pieces]) - 1})`;
  }
}
