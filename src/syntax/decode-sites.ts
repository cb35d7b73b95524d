import type { SourceFile } from '../core/source.ts';
import { decodePieces, type PieceContext } from './decode-pieces.ts';
import { asArray, asIndex, asSpan, asText, longestLine, malformed } from './reply-checks.ts';
import type { Template, TemplatePiece } from './template.ts';

/** Pieces that the decoder admits for each member of the limit. */
export const piecesOfMember = 50;

/** The sites of every file: SQL texts as the syntax tree has them. Decoded when first asked for. */
export class DecodedSites {
  readonly #files: readonly SourceFile[];
  readonly #sites: (readonly unknown[])[] = [];
  readonly #calls: string[] = [];
  readonly #imports: (readonly string[])[] = [];
  /** By site; null while it is being decoded: a site cannot contain itself. */
  readonly #templates: Map<number, Template | null>[] = [];
  readonly #most: number;
  /** Pieces decoded so far. */
  spent = 0;

  constructor(files: readonly SourceFile[], limits: { readonly members: number }) {
    this.#files = files;
    this.#most = limits.members * piecesOfMember;
  }

  /** What two lines of the reply tell of a file; the second is a text until a place is asked for. */
  add(line: unknown, calls: string): void {
    const [sites, imports] = asArray(line, 2, 'a file');
    this.#sites.push(asArray(sites, null, 'the sites'));
    this.#calls.push(asText(calls, longestLine, 'the calls'));
    const imported = asArray(imports, null, 'the imports');
    if (imported.length > this.#files.length) malformed('a file has too many imports');
    this.#imports.push(imported.map((file) => this.fileAt(file).path));
    this.#templates.push(new Map());
  }

  /** Paths of the files that each file imports, by the importing file's path. */
  imports(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.#files.map(({ path }, index) => [path, this.#imports[index]!]));
  }

  /** JSON text of where a file's definitions stand. */
  callsOf(file: number): string {
    return this.#calls[file]!;
  }

  fileAt(index: unknown): SourceFile {
    return this.#files[asIndex(index, this.#files.length - 1, 'a file')]!;
  }

  /** A static site as a template. */
  template(file: unknown, site: unknown): Template {
    const fileIndex = asIndex(file, this.#files.length - 1, 'a file');
    const sites = this.#sites[fileIndex]!;
    const siteIndex = asIndex(site, sites.length - 1, 'a site');
    const templates = this.#templates[fileIndex]!;
    const known = templates.get(siteIndex);
    if (known) return known;
    if (known === null) malformed('a site contains itself');
    templates.set(siteIndex, null);
    const wire = asArray(sites[siteIndex], null, 'a site');
    const { path, content } = this.#files[fileIndex]!;
    const [start, end] = asSpan(wire[0], wire[1], content.length);
    const context: PieceContext = { sites: this, content, spend: () => this.#spend() };
    const pieces = decodePieces(wire, 2, context);
    const template: Template = { pieces, file: path, start, end };
    templates.set(siteIndex, template);
    return template;
  }

  /** An evaluated template: the site says where it stands, `wire` (from index 3) what it became. */
  evaluated(wire: readonly unknown[]): Template {
    const { content, path } = this.fileAt(wire[1]);
    const [start, end] = this.spanOf(wire[1], wire[2]);
    const context: PieceContext = { sites: this, content, spend: () => this.#spend() };
    return { pieces: decodePieces(wire, 3, context), file: path, start, end };
  }

  spanOf(file: unknown, site: unknown): [number, number] {
    const fileIndex = asIndex(file, this.#files.length - 1, 'a file');
    const sites = this.#sites[fileIndex]!;
    const wire = asArray(sites[asIndex(site, sites.length - 1, 'a site')], null, 'a site');
    return asSpan(wire[0], wire[1], this.#files[fileIndex]!.content.length);
  }

  /** Pieces of a site that is spliced into a text of another file have no place in that file. */
  spliced(file: unknown, site: unknown, into: string): readonly TemplatePiece[] {
    const template = this.template(file, site);
    const { content } = this.fileAt(file);
    for (let index = 0; index < template.pieces.length; index++) this.#spend();
    return content === into ? template.pieces : template.pieces.map(withoutPlace);
  }

  #spend(): void {
    if (++this.spent > this.#most) malformed('the texts have too many pieces');
  }
}

function withoutPlace(piece: TemplatePiece): TemplatePiece {
  if (!('start' in piece)) return piece;
  const { start: _start, ...rest } = piece;
  const { end: _end, ...bare } = rest as typeof rest & { end?: number };
  return bare as TemplatePiece;
}
