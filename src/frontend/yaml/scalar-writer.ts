import type { Scalar } from 'yaml';
import type { Braces } from '../../model/properties.data.ts';
import type { WirePiece, WireSite } from '../../syntax/guest-abi.ts';
import { scalarText, type ScalarText } from './scalar-text.ts';
import { claimPieces, hasBraces, readTemplate, referencePieces } from './template-text.ts';
import { shown, type Range, type YamlReport } from './yaml-report.ts';

/** Where a text stands: its property, and what braces mean in it. */
export interface TextRole {
  readonly key: string;
  readonly braces: Braces;
}

/** Writes scalars as JavaScript; texts with references become static sites. */
export class ScalarWriter {
  readonly sites: WireSite[] = [[0, 0]];
  readonly #content: string;
  readonly #report: YamlReport;
  /** An alias does not make a second site of what it stands for. */
  readonly #known = new Map<Braces, Map<Scalar, string>>();

  constructor(content: string, report: YamlReport) {
    this.#content = content;
    this.#report = report;
  }

  write(node: Scalar, role: TextRole): string {
    if (typeof node.value !== 'string') return String(node.value);
    if (role.braces === 'literal') return JSON.stringify(node.value);
    let known = this.#known.get(role.braces);
    if (!known) this.#known.set(role.braces, (known = new Map<Scalar, string>()));
    let code = known.get(node);
    if (code === undefined) known.set(node, (code = this.#text(node, node.value, role)));
    return code;
  }

  /** Stands for a value that has been reported: no reader takes it for another one. */
  unread([start, end]: Range): string {
    return `$.v(${this.sites.push([start, end]) - 1}, () => $.q())`;
  }

  #text(node: Scalar, text: string, role: TextRole): string {
    const { braces } = role;
    const value = scalarText(node, this.#content);
    if (hasBraces(text)) return this.#withBraces(value, role);
    const pieces =
      braces === 'reference'
        ? referencePieces(value)
        : braces === 'condition'
          ? claimPieces(value)
          : null;
    if (pieces) return this.#site(value.range, pieces);
    // A text that is not verbatim keeps its places as a site; one that is has them anyway.
    if (braces === 'sql' && !value.isVerbatim && text !== '') {
      return this.#site(value.range, value.pieces(0, text.length));
    }
    return JSON.stringify(text);
  }

  #withBraces(value: ScalarText, role: TextRole): string {
    const { pieces, isWhole } = readTemplate(value, role.braces, this.#report);
    if (role.braces === 'sql') return this.#site(value.range, pieces);
    if (!isWhole) return this.unread(value.range);
    const plain = this.#plain(pieces);
    if (plain !== null) return JSON.stringify(plain);
    if (role.braces !== 'refused') return this.#site(value.range, pieces);
    const message = `'${shown(role.key)}' takes no reference and no claim: '${shown(value.text.trim())}' would stand there as it is`;
    this.#report.add('schema/misplaced-braces', message, value.range, misplacedHelp);
    return this.unread(value.range);
  }

  /** The text, when it is one: its braces were escaped. */
  #plain(pieces: readonly WirePiece[]): string | null {
    let plain = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') plain += piece;
      else if (piece[0] === 0) plain += this.#content.slice(Number(piece[1]), Number(piece[2]));
      else return null;
    }
    return plain;
  }

  #site([start, end]: Range, pieces: readonly WirePiece[]): string {
    return `$.s(${this.sites.push([start, end, ...pieces]) - 1})`;
  }
}

const misplacedHelp =
  'claims stand in sql, and in the values and conditions of an access_policy; a brace that belongs to the text is written \\{ and \\}';
