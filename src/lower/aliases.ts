import { shortHash } from '../core/short-hash.ts';
import type { PlanColumn } from '../planner/plan.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';

/** A cube, a view or a member. */
interface Named {
  readonly alias: string;
}

/**
 * Gives each name of one SELECT (its columns, or the tables of its FROM clause) an alias that the dialect accepts and that no other name of the
 * list has. A name that is too long, or taken, ends in a hash of the whole name.
 */
export class Aliases {
  readonly #dialect: Dialect;
  /** Lower case, since some dialects compare aliases without case. */
  readonly #taken = new Set<string>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  column(cube: Named, member: Named, column: PlanColumn): string {
    const granularity = column.granularity === null ? '' : `_${column.granularity}`;
    const { separator } = this.#dialect.identifier;
    return this.#unique(`${cube.alias}${separator}${member.alias}${granularity}`, column.member);
  }

  /** `identity` tells apart what would have the same alias. */
  table(wanted: string, identity: string): string {
    return this.#unique(wanted, identity);
  }

  #unique(wanted: string, identity: string): string {
    const { maxBytes } = this.#dialect.identifier;
    let alias = wanted;
    for (let attempt = 0; byteLength(alias) > maxBytes || this.#isTaken(alias); attempt++) {
      const suffix = `_${shortHash(attempt === 0 ? identity + wanted : `${identity}${wanted}${attempt}`)}`;
      alias = cutToBytes(wanted, maxBytes - suffix.length) + suffix;
    }
    this.#taken.add(alias.toLowerCase());
    return alias;
  }

  #isTaken(alias: string): boolean {
    return this.#taken.has(alias.toLowerCase());
  }
}

function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7ff) bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}

function cutToBytes(text: string, maxBytes: number): string {
  let cut = text;
  while (byteLength(cut) > maxBytes) cut = Array.from(cut).slice(0, -1).join('');
  return cut;
}
