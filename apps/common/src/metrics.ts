import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** In seconds, from an in-memory response to the request timeout. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Methods with their own label value: clients can invent others, and cardinality must stay bounded. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Observer {
  observe(seconds: number): void;
}

/** Numbers that are read when the metrics are. */
interface Readings {
  /** Requests in flight. */
  readonly inFlight: () => number;
  /** Lines of the log that were dropped since the start. */
  readonly droppedLines: () => number;
}

/** The service's metrics, in their own registry. */
@Injectable()
export class Metrics {
  /** For a service's own metrics: `new Gauge({ …, registers: [metrics.registry] })`. */
  readonly registry = new Registry();

  private readonly duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its response, by method, route template and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  /**
   * By method, route and status. Nested, because a concatenated key would cost each request as much as the histogram.
   */
  private readonly observers = new Map<string, Map<string, Map<number, Observer>>>();

  constructor(name: string, version: string, { inFlight, droppedLines }: Readings) {
    // Event-loop lag, heap, garbage collection, CPU, open files.
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'service_info',
      help: 'Always 1.',
      labelNames: ['name', 'version'],
      registers: [this.registry],
    }).set({ name, version }, 1);
    new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests in flight.',
      registers: [this.registry],
      collect() {
        this.set(inFlight());
      },
    });
    new Counter({
      name: 'log_lines_dropped_total',
      help: 'Lines of the log that were dropped because its reader was too slow.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(droppedLines());
      },
    });
  }

  /** Records one request. */
  observe(method: string, route: string, status: number, seconds: number): void {
    const verb = METHODS.has(method) ? method : 'other';
    const routes = entry(this.observers, verb, () => new Map<string, Map<number, Observer>>());
    const statuses = entry(routes, route, () => new Map<number, Observer>());
    entry(statuses, status, () => this.duration.labels(verb, route, String(status))).observe(seconds);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = make();
  map.set(key, created);
  return created;
}
