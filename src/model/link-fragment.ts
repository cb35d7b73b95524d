import { assertNever } from '../core/invariant.ts';
import { memberPath, type MemberPath } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { normalizeRaw } from '../sql/raw-text.ts';
import type { DeclaredValue, Place } from '../syntax/declaration.ts';
import type {
  FilterPiece,
  QueryFilterPiece,
  Template,
  TemplatePiece,
  TextPiece,
} from '../syntax/template.ts';
import { misplacedInSql } from './check-braces.ts';
import { checkFragment, type FragmentOrigin } from './check-fragment.ts';
import { checkGrain } from './check-grain.ts';
import { checkReference, type FragmentSite } from './check-reference.ts';
import type { DeclaredNames } from './declared-cube.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { OpenFilter } from './find-open-filters.ts';
import type { Fragment, FragmentPiece, MemberFilter } from './model.ts';
import type { ReadContext } from './property-reader.ts';
import { toFragmentPieces, toRawPieces } from './raw-pieces.ts';
import { resolveReference, type Resolved } from './resolve-reference.ts';

/** What linking needs to know of the whole schema. */
export interface LinkContext extends ReadContext, DeclaredNames {
  readonly lexical: LexicalRules;
  readonly fileOf: (place: Place) => string;
  /** The cube that declares a value, and the properties that lead to it. */
  readonly wayTo: (place: Place) => readonly (string | number)[];
  /** Is told of each context filter that an absent claim opens. */
  readonly noteFilter: (filter: OpenFilter) => void;
  /** Takes what a `FILTER_PARAMS` asks of a view. */
  readonly viewFilter: (member: MemberPath, span: Span) => void;
}

/** An author's SQL with its references resolved and its text checked; null after reporting. */
export function linkFragment(
  value: DeclaredValue,
  site: FragmentSite,
  context: LinkContext,
): Fragment | null {
  const template = toTemplate(value, context);
  if (!template) {
    const parameters = {
      key: site.property.split('.').at(-1)!,
      expected: 'SQL text',
      found: describeValue(value),
    };
    badValue(parameters, value, context);
    return null;
  }
  const span = (): Span => ({ file: template.file, start: template.start, end: template.end });
  if (isTooLong(template.pieces)) {
    const help = 'let the database have a view of it';
    const extras = { span: span(), help };
    context.report(reportModel('model/sql-too-long', { limit: longestSql }, extras));
    return null;
  }
  const linker = new Linker(template, site, context, value.place);
  const pieces = linker.normalized(template.pieces);
  if (linker.failed) return null;
  if (pieces.length === 0) {
    context.report(reportModel('model/empty-sql', { what: site.member }, { span: span() }));
    return null;
  }
  const fragment = { pieces, member: site.member, property: site.property, file: template.file };
  const origin: FragmentOrigin = { template, spanOf: (piece) => linker.placeOf(piece) };
  checkFragment(pieces, origin, context);
  checkGrain(pieces, origin, site, context);
  return fragment;
}

const longestSql = 500_000;
const mostPieces = 50_000;

function isTooLong(pieces: readonly TemplatePiece[]): boolean {
  const length = pieces.reduce(
    (sum, item) => sum + (item.kind === 'text' ? item.text.length : 0),
    0,
  );
  return length > longestSql || pieces.length > mostPieces;
}

/** Plain texts and single references are templates too. Their places are found when asked for. */
function toTemplate(value: DeclaredValue, context: LinkContext): Template | null {
  if (value.kind === 'template') return value.template;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    return plainTemplate({ kind: 'text', text: value.value }, value.place, context);
  }
  if (value.kind !== 'reference') return null;
  const piece: TemplatePiece = { kind: 'reference', path: value.path, source: false };
  return plainTemplate(piece, value.place, context);
}

function plainTemplate(piece: TemplatePiece, place: Place, context: LinkContext): Template {
  return {
    pieces: [piece],
    file: context.fileOf(place),
    get start() {
      return context.locate(place).start;
    },
    get end() {
      return context.locate(place).end;
    },
  };
}

/** What has a value where a text stands. */
interface FilterValues {
  /** Of a function of `FILTER_PARAMS`: how many arguments it has. */
  readonly arguments: number;
  /** Whether there is the value, or the list, of a claim or of `...values`. */
  readonly hasPlaceholder: boolean;
}

/** Offsets in the template's file. */
interface Placed {
  readonly start?: number;
  readonly end?: number;
}

class Linker {
  failed = false;
  #values: FilterValues = { arguments: 0, hasPlaceholder: false };
  /** The pieces that are not text, with what says where they stand. */
  readonly #places = new Map<FragmentPiece, Placed>();
  readonly #template: Template;
  readonly #site: FragmentSite;
  readonly #place: Place;
  readonly #context: LinkContext;

  constructor(template: Template, site: FragmentSite, context: LinkContext, place: Place) {
    this.#place = place;
    this.#template = template;
    this.#site = site;
    this.#context = context;
  }

  normalized(pieces: readonly TemplatePiece[]): FragmentPiece[] {
    const linked: FragmentPiece[] = [];
    for (const piece of pieces) {
      const found = this.#placed(piece);
      if (found) linked.push(found);
    }
    if (linked.length === 1 && linked[0]!.kind !== 'text') return linked;
    const raw = toRawPieces(linked);
    const normal = normalizeRaw(raw);
    return normal === raw ? linked : toFragmentPieces(normal, linked);
  }

  /** Where a piece stands; undefined for text, and for what has no place of its own. */
  placeOf(piece: FragmentPiece): Span | undefined {
    const found = this.#places.get(piece);
    return found && this.#spanOf(found)();
  }

  /** A piece whose place is remembered, for what is found about it later. */
  #placed(piece: TemplatePiece): FragmentPiece | null {
    const found = this.#piece(piece);
    if (found && piece.kind !== 'text' && 'start' in piece) this.#places.set(found, piece);
    return found;
  }

  #piece(piece: TemplatePiece): FragmentPiece | null {
    switch (piece.kind) {
      case 'text':
        return this.#text(piece);
      case 'placeholder':
        return this.#value(piece, this.#values.hasPlaceholder);
      case 'argument':
        return this.#value(piece, piece.index < this.#values.arguments);
      case 'claim':
      case 'unsafe':
        return { kind: piece.kind, claim: piece.claim };
      case 'list': {
        const item = piece.item.flatMap((inner) => this.#piece(inner) ?? []);
        const list: FragmentPiece = { kind: 'list', separator: piece.separator, item };
        return this.#value(list, this.#values.hasPlaceholder);
      }
      case 'filter':
        return this.#filter(piece);
      case 'conditional': {
        const linked = (pieces: readonly TemplatePiece[]) =>
          pieces.flatMap((inner) => this.#placed(inner) ?? []);
        const [then, otherwise] = [linked(piece.then), linked(piece.otherwise)];
        return { kind: 'conditional', test: piece.test, then, otherwise };
      }
      case 'dynamic': {
        const path = this.#context.wayTo(this.#place);
        return { kind: 'dynamic', path, role: this.#site.role };
      }
      case 'query-filter':
        return this.#queryFilter(piece);
      case 'local-time':
        return { kind: 'local-time', operand: this.normalized(piece.operand) };
      case 'reference':
        return this.#reference(piece.path, piece.source, this.#spanOf(piece));
      default:
        return assertNever(piece);
    }
  }

  #text(piece: TextPiece): FragmentPiece {
    const found = misplacedInSql(piece, this.#template, this.#site, this.#context);
    if (found) this.#context.report(found);
    this.failed ||= found?.severity === 'error';
    return piece;
  }

  #resolve(path: readonly string[], source: boolean, span: () => Span): Resolved {
    const owner = this.#context.ownerOf(this.#place);
    return resolveReference(path, source, this.#site.cube, owner, this.#context, span);
  }

  #reference(path: readonly string[], source: boolean, span: () => Span): FragmentPiece | null {
    const resolved = this.#resolve(path, source, span);
    const problem =
      'problem' in resolved ? resolved.problem : checkReference(resolved, this.#site, span);
    if (problem) {
      this.failed = true;
      this.#context.report(problem);
    }
    return 'problem' in resolved ? null : resolved.piece;
  }

  #filter(piece: FilterPiece): FragmentPiece {
    const { claim, required, target } = piece;
    if (target.kind === 'column') {
      const column = this.normalized(target.column);
      const text = describeColumn(target.column);
      return { kind: 'filter', claim, required, target: { kind: 'column', column }, text };
    }
    const values = { arguments: 0, hasPlaceholder: true };
    const scalar = target.scalar && this.#within(values, target.scalar);
    const list = target.list && this.#within(values, target.list);
    return {
      kind: 'filter',
      claim,
      required,
      target: { kind: 'function', scalar, list },
      text: target.text,
    };
  }

  #queryFilter(piece: QueryFilterPiece): FragmentPiece | null {
    const span = this.#spanOf(piece);
    const filters = piece.filters.flatMap(({ path, target }): MemberFilter[] => {
      const member = this.#filteredMember(path, span);
      if (member === null) return [];
      if (target.kind === 'column') {
        return [{ member, target: { kind: 'column', column: this.normalized(target.column) } }];
      }
      const values = { arguments: target.parameters, hasPlaceholder: target.rest };
      const body = this.#within(values, target.body);
      return [{ member, target: { ...target, body } }];
    });
    return filters.length > 0 ? { kind: 'query-filter', filters } : null;
  }

  /** A dimension of a cube, or of a view, whose members are known when the cubes are; null after reporting. */
  #filteredMember(path: readonly string[], span: () => Span): MemberPath | null {
    const [first, name] = path;
    if (path.length === 2 && this.#context.views.has(first!)) {
      const member = memberPath(first!, name!);
      this.#context.viewFilter(member, span());
      return member;
    }
    const resolved = this.#resolve(path, false, span);
    const isDimension = 'piece' in resolved && resolved.member === 'dimension';
    if (isDimension && resolved.piece.kind === 'member') return resolved.piece.path;
    const problem =
      'problem' in resolved
        ? resolved.problem
        : reportModel('model/filter-params-member', { name: path.join('.') }, { span: span() });
    this.failed = true;
    this.#context.report(problem);
    return null;
  }

  /** A function's text, in which its arguments have a meaning. */
  #within(values: FilterValues, pieces: readonly TemplatePiece[]): FragmentPiece[] {
    const outer = this.#values;
    this.#values = values;
    const linked = this.normalized(pieces);
    this.#values = outer;
    return linked;
  }

  /** What stands for a value means nothing outside the function that was handed it. */
  #value(piece: FragmentPiece, isInside: boolean): FragmentPiece | null {
    if (isInside) return piece;
    this.failed = true;
    const { member } = this.#site;
    const span = this.#spanOf({})();
    this.#context.report(reportModel('model/value-outside-filter', { name: member }, { span }));
    return null;
  }

  #spanOf({ start, end }: Placed): () => Span {
    return () =>
      start === undefined || end === undefined
        ? { file: this.#template.file, start: this.#template.start, end: this.#template.end }
        : { file: this.#template.file, start, end };
  }
}

/** The column as its author wrote it, for `Filter for <col> is required`. */
function describeColumn(pieces: readonly TemplatePiece[]): string {
  const text = pieces.map((piece) => {
    if (piece.kind === 'text') return piece.text;
    return piece.kind === 'reference' ? `\${${piece.path.join('.')}}` : '...';
  });
  return text.join('').trim().slice(0, 200);
}
