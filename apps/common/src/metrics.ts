import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: from what memory answers to what is about to time out. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Methods that get a label of their own; a caller can invent others without end. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Observer {
  observe(seconds: number): void;
}

/** What a service counts and measures, in a registry of its own. */
@Injectable()
export class Metrics {
  /** For a service's own metrics: `new Gauge({ …, registers: [metrics.registry] })`. */
  readonly registry = new Registry();

  private readonly duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer, by the template of its route.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  /** By method, route and status: a key made of the three would cost each request as much as the histogram itself. */
  private readonly observers = new Map<string, Map<string, Map<number, Observer>>>();

  /**
   * @param inFlight tells how many requests are being answered
   */
  constructor(name: string, version: string, inFlight: () => number) {
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
      help: 'Requests that are being answered.',
      registers: [this.registry],
      collect() {
        this.set(inFlight());
      },
    });
  }

  /** Counts one request: its duration gives the rate, its status the errors. */
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
  const made = make();
  map.set(key, made);
  return made;
}
