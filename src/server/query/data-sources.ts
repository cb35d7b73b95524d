import type { Driver } from '../../drivers/driver.ts';
import { BoundedCache } from '../../pipeline/bounded-cache.ts';
import { isDialect } from '../../pipeline/options.ts';
import { RequestError } from '../errors.ts';
import { refuseAnswer, withTimeout } from '../hooks.ts';
import type { RequestContext } from '../options.ts';
import type { ServerSettings } from '../settings.ts';
import type { Tenants } from '../tenants.ts';
import { ResultStore, type KeptResults, type StoreCounts } from './result-store.ts';

/** A store that was asked for this recently, in milliseconds, is not closed to make room. */
const restMs = 60_000;

interface Opened {
  readonly store: ResultStore;
  /** The tenants and data sources that it serves. */
  readonly keys: Set<string>;
}

function isDriver(value: unknown): value is Driver {
  const { query, close, dialect } = (value ?? {}) as Partial<Record<keyof Driver, unknown>>;
  return typeof query === 'function' && typeof close === 'function' && isDialect(dialect);
}

/**
 * The databases of all tenants. There is one store for each driver, however many tenants have it; all
 * results that are kept are within one bound.
 */
export class DataSources {
  readonly #settings: ServerSettings;
  readonly #tenants: Tenants;
  readonly #results: KeptResults;
  /** By tenant and data source. */
  readonly #opening = new Map<string, Promise<ResultStore>>();
  readonly #opened = new Map<Driver, Opened>();
  #numbers = 0;

  constructor(settings: ServerSettings, tenants: Tenants) {
    this.#settings = settings;
    this.#tenants = tenants;
    this.#results = new BoundedCache(settings.limits.resultCacheBytes);
  }

  /** @throws RequestError when no database is configured under this name. */
  async storeFor(context: RequestContext, dataSource: string): Promise<ResultStore> {
    const { driverFactory } = this.#settings.options;
    const tenant = driverFactory ? await this.#tenants.idOf(context) : '';
    const key = JSON.stringify([tenant, dataSource]);
    const store = await (this.#opening.get(key) ?? this.#open(key, context, dataSource));
    store.used = Date.now();
    return store;
  }

  /** The database that the environment names; null when a hook makes drivers. */
  async environmentStore(): Promise<ResultStore | null> {
    if (!this.#settings.database) return null;
    const nobody = { requestId: '', authInfo: null, securityContext: {} };
    return this.storeFor(nobody, 'default');
  }

  get counts(): StoreCounts {
    const sum = { running: 0, waiting: 0, kept: 0 };
    for (const { store } of this.#opened.values()) {
      const { running, waiting, kept } = store.counts;
      sum.running += running;
      sum.waiting += waiting;
      sum.kept += kept;
    }
    return sum;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    await Promise.allSettled([...this.#opened.values()].map(({ store }) => store.close()));
  }

  #open(key: string, context: RequestContext, dataSource: string): Promise<ResultStore> {
    const opening = this.#makeDriver(context, dataSource).then((driver) => {
      let opened = this.#opened.get(driver);
      if (!opened) {
        this.#closeUnused();
        const { limits } = this.#settings;
        const store = new ResultStore(driver, limits, this.#results, ++this.#numbers);
        this.#opened.set(driver, (opened = { store, keys: new Set() }));
      }
      opened.keys.add(key);
      return opened.store;
    });
    this.#opening.set(key, opening);
    // A failure is not remembered: the next request tries again.
    opening.catch(() => this.#opening.delete(key));
    return opening;
  }

  async #makeDriver(context: RequestContext, dataSource: string): Promise<Driver> {
    const { options, database, limits } = this.#settings;
    const { driverFactory } = options;
    if (!driverFactory) {
      if (database && dataSource === 'default') return database.open();
      throw new RequestError(500, 'the data source of this query is not configured');
    }
    const tells = ['contextToAppId'] as const;
    const known = this.#tenants.contextFor('driverFactory', context, tells, { dataSource });
    const driver = await withTimeout('driverFactory', limits.hookTimeoutMs, () =>
      driverFactory(known),
    );
    if (isDriver(driver)) return driver;
    const wanted = 'a driver, as those that cubewright/drivers makes (query, close, dialect)';
    return refuseAnswer('driverFactory', wanted, driver);
  }

  #closeUnused(): void {
    if (this.#opened.size < this.#settings.limits.dataSources) return;
    const latest = Date.now() - restMs;
    const unused = [...this.#opened.values()]
      .filter(({ store }) => store.isIdle && store.used < latest)
      .sort((a, b) => a.store.used - b.store.used);
    const oldest = unused[0];
    if (!oldest) return;
    this.#opened.delete(oldest.store.driver);
    for (const key of oldest.keys) this.#opening.delete(key);
    void oldest.store.close().catch(() => undefined);
  }
}
