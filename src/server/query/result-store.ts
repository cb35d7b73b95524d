import type { Driver, QueryResult } from '../../drivers/driver.ts';
import type { ParameterValue } from '../../sql/ast.ts';
import { Slots } from '../../core/slots.ts';
import { BoundedCache } from '../../pipeline/bounded-cache.ts';

interface Kept {
  readonly result: QueryResult;
  readonly until: number;
}

export interface StoreLimits {
  readonly concurrency: number;
  readonly queryTimeoutMs: number;
  readonly resultCacheBytes: number;
  readonly resultCacheMs: number;
}

/**
 * Runs statements on one data source: so many at once, equal ones once, and keeps their results for a
 * while. The store belongs to a driver, so that equal SQL on other credentials never shares a row.
 */
export class ResultStore {
  readonly #driver: Driver;
  readonly #limits: StoreLimits;
  readonly #results: BoundedCache<Kept>;
  readonly #running = new Map<string, Promise<QueryResult>>();
  readonly #slots: Slots;
  hits = 0;

  constructor(driver: Driver, limits: StoreLimits) {
    this.#driver = driver;
    this.#limits = limits;
    this.#results = new BoundedCache(limits.resultCacheBytes);
    this.#slots = new Slots(limits.concurrency);
  }

  get driver(): Driver {
    return this.#driver;
  }

  /** The callers of equal statements share one run; a caller that leaves does not end it. */
  query(sql: string, params: readonly ParameterValue[], renew: boolean): Promise<QueryResult> {
    const key = statementKey(sql, params);
    const running = this.#running.get(key);
    if (running) return running;
    const kept = renew ? undefined : this.#results.get(key);
    if (kept && kept.until > Date.now()) {
      this.hits++;
      return Promise.resolve(kept.result);
    }
    const work = this.#run(sql, params).then((result) => {
      const until = Date.now() + this.#limits.resultCacheMs;
      this.#results.set(key, { result, until }, weightOf(result) + key.length * 2);
      return result;
    });
    this.#running.set(key, work);
    const ended = (): void => void this.#running.delete(key);
    work.then(ended, ended);
    return work;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    await this.#driver.close();
  }

  async #run(sql: string, params: readonly ParameterValue[]): Promise<QueryResult> {
    const giveBack = await this.#slots.take();
    try {
      const signal = AbortSignal.timeout(this.#limits.queryTimeoutMs);
      return await this.#driver.query(sql, params, { signal });
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
    for (const value of row) weight += typeof value === 'string' ? 16 + value.length * 2 : 16;
  }
  return weight;
}
