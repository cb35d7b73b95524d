import type { Driver, QueryResult } from '../../drivers/driver.ts';
import { DriverError } from '../../drivers/driver-error.ts';
import type { ParameterValue } from '../../sql/ast.ts';
import { Slots } from '../../core/slots.ts';
import type { BoundedCache } from '../../pipeline/bounded-cache.ts';
import { RequestError } from '../errors.ts';
import { continueWait, Run } from './run.ts';

/** A result, and when the database gave it (milliseconds since 1970). */
export interface StoredResult {
  readonly result: QueryResult;
  readonly refreshed: number;
}

interface Kept extends StoredResult {
  readonly until: number;
  /** It came when those who wanted it had been told to ask again. */
  readonly isUnread: boolean;
}

/** Results of all stores, within one bound in bytes. */
export type KeptResults = BoundedCache<Kept>;

export interface StoreLimits {
  readonly concurrency: number;
  readonly queuedQueries: number;
  readonly queryTimeoutMs: number;
  readonly continueWaitMs: number;
  readonly abandonedMs: number;
  readonly resultCacheMs: number;
}

/** How one caller asks. */
export interface Asking {
  /** Not from what is kept. */
  readonly renew: boolean;
  /** Gives what aborts when the caller has gone; asked for only when there is something to wait for. */
  readonly signal: () => AbortSignal;
}

/** What a store has done and is doing. */
export interface StoreCounts {
  readonly running: number;
  readonly waiting: number;
  readonly kept: number;
}

/**
 * Runs statements on one data source: so many at once, equal ones once, and keeps their results for a
 * while. A store belongs to a driver, so that equal SQL on other credentials never shares a row.
 */
export class ResultStore {
  readonly driver: Driver;
  /** When it was last asked for, in milliseconds since 1970. */
  used = Date.now();
  readonly #limits: StoreLimits;
  readonly #results: KeptResults;
  /** Distinguishes this store's results among all that are kept. */
  readonly #prefix: string;
  readonly #running = new Map<string, Run>();
  readonly #slots: Slots;
  #kept = 0;

  constructor(driver: Driver, limits: StoreLimits, results: KeptResults, number: number) {
    this.driver = driver;
    this.#limits = limits;
    this.#results = results;
    this.#prefix = `${number} `;
    this.#slots = new Slots(limits.concurrency);
  }

  get counts(): StoreCounts {
    const { waiting } = this.#slots;
    return { running: this.#running.size - waiting, waiting, kept: this.#kept };
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /**
   * The callers of equal statements share one run; a caller that leaves ends it for nobody else.
   *
   * @throws RequestError 503 when too many statements wait, 499 when the caller has gone
   * @throws DriverError
   */
  async query(
    sql: string,
    params: readonly ParameterValue[],
    { renew, signal }: Asking,
  ): Promise<StoredResult | typeof continueWait> {
    const { continueWaitMs: waitMs, abandonedMs: graceMs } = this.#limits;
    const key = this.#prefix + statementKey(sql, params);
    const kept = this.#read(key, renew);
    if (kept) return kept;
    const run = this.#running.get(key) ?? this.#start(key, sql, params);
    const result = await run.wait({ signal: signal(), waitMs, graceMs });
    return result === continueWait ? result : { result, refreshed: Date.now() };
  }

  async close(): Promise<void> {
    const runs = [...this.#running.values()];
    for (const run of runs) if (!run.isWaitedFor) run.cancel();
    await Promise.allSettled(runs.map((run) => run.result));
    await this.driver.close();
  }

  #read(key: string, renew: boolean): StoredResult | undefined {
    const kept = this.#results.get(key);
    if (!kept || kept.until <= Date.now() || (renew && !kept.isUnread)) return undefined;
    if (kept.isUnread) this.#keep(key, { ...kept, isUnread: false });
    this.#kept++;
    return kept;
  }

  #start(key: string, sql: string, params: readonly ParameterValue[]): Run {
    if (this.#slots.waiting >= this.#limits.queuedQueries) {
      throw new RequestError(503, 'too many queries are waiting; try again later');
    }
    const leave = (): void => {
      if (this.#running.get(key) === run) this.#running.delete(key);
    };
    const run: Run = new Run((cancelled) => this.#execute(sql, params, cancelled), leave);
    this.#running.set(key, run);
    run.result.then((result) => {
      const { resultCacheMs, abandonedMs } = this.#limits;
      const refreshed = Date.now();
      const isUnread = !run.isWaitedFor;
      const until = refreshed + (isUnread ? Math.max(resultCacheMs, abandonedMs) : resultCacheMs);
      this.#keep(key, { result, refreshed, until, isUnread });
      leave();
    }, leave);
    return run;
  }

  #keep(key: string, kept: Kept): void {
    this.#results.set(key, kept, weightOf(kept.result) + key.length * 2);
  }

  /** The time in the queue is part of what a statement may take. */
  async #execute(
    sql: string,
    params: readonly ParameterValue[],
    cancelled: AbortSignal,
  ): Promise<QueryResult> {
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(this.#limits.queryTimeoutMs)]);
    const giveBack = await this.#slots.take(signal).catch((reason: unknown) => {
      throw new DriverError('driver/aborted', 'the query was aborted', reason);
    });
    try {
      return await this.driver.query(sql, params, { signal });
    } finally {
      giveBack();
    }
  }
}

/** 1 and '1' are different values. */
function statementKey(sql: string, params: readonly ParameterValue[]): string {
  return JSON.stringify([sql, params.map((value) => [typeof value, text(value)])]);
}

function text(value: ParameterValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return value.map((item) => [typeof item, String(item)]);
}

function weightOf(result: QueryResult): number {
  let weight = 200;
  for (const row of result.rows) {
    weight += 32;
    for (const value of row) weight += typeof value === 'string' ? 16 + value.length * 2 : 16;
  }
  return weight;
}
