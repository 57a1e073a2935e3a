import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { Component } from '../component.ts';
import { connect, type Endpoint } from './network.ts';
import { Workload } from './workload.ts';

/** Where a container serves metrics in the text format of Prometheus. */
export interface Metrics {
  /** Name of the container's port. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
}

/** Prometheus, as the workloads that it scrapes see it. */
export interface Scraper {
  /** Its pods, the client of every connection. */
  readonly endpoint: Endpoint;
}

/**
 * Has a server scrape everything in a component that serves metrics: a PodMonitor for each workload, and the connection
 * to it.
 */
export function scrape(component: Component, { endpoint }: Scraper): void {
  for (const workload of component.node.findAll()) {
    if (!(workload instanceof Workload) || workload.metrics.length === 0) continue;
    for (const { port } of workload.metrics) connect(endpoint, workload.endpoint, port);
    component.add<IPodMonitor>({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: workload.name },
      spec: {
        selector: { matchLabels: workload.labels },
        podMetricsEndpoints: workload.metrics.map(({ port, path }) => ({ port, path })),
      },
    });
  }
}
