import { Counter, Histogram, Registry } from 'prom-client';

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

  count(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status: String(status) });
    this.#seconds.observe({ route }, seconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
