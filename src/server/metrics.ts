import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StoreCounts } from './query/result-store.ts';

/** Where the requests of one route and status are counted: prom-client finds it by its labels, which takes long. */
interface Series {
  readonly requests: Counter.Internal;
  readonly seconds: Histogram.Internal<'route'>;
}

/** Counts for Prometheus, of one server. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'cubewright_requests_total',
    help: 'Requests by route and status',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'cubewright_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['route'],
    buckets: [0.001, 0.01, 0.1, 1, 10],
    registers: [this.registry],
  });

  readonly #series = new Map<string, Series>();

  /** @param counts What all data sources do at the moment. */
  constructor(counts: () => StoreCounts) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge('cubewright_queries_running', 'Statements that run', () => counts().running);
    gauge('cubewright_queries_waiting', 'Statements that wait', () => counts().waiting);
    gauge('cubewright_results_reused', 'Answers from kept results', () => counts().kept);
  }

  /** @param route One of a fixed list, so that there are no more series than routes and statuses. */
  count(route: string, status: number, seconds: number): void {
    const key = `${status} ${route}`;
    let series = this.#series.get(key);
    if (!series) {
      const requests = this.#requests.labels({ route, status: String(status) });
      series = { requests, seconds: this.#seconds.labels({ route }) };
      this.#series.set(key, series);
    }
    series.requests.inc();
    series.seconds.observe(seconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
