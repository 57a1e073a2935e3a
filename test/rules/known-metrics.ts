import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { ALL_RECORDINGS } from './all-alerts.ts';

/** Metrics of an exporter, as its source or a real one's output has them. */
interface MetricList {
  readonly source: string;
  /** Labels by the name of the metric. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}

const FOLDER = join(REPOSITORY, 'charts', 'rules', 'metrics');

/** What Prometheus itself adds to every target, and for every alert. */
const OF_PROMETHEUS = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS', 'ALERTS_FOR_STATE'];

/** Labels by the names of all metrics that exporters serve. */
const SERVED: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(FOLDER).flatMap((file) =>
    Object.entries((JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as MetricList).metrics),
  ),
);

const OTHERS = new Set([...OF_PROMETHEUS, ...ALL_RECORDINGS.map(({ record }) => record)]);

/** Those of the metrics that no exporter serves, Prometheus does not add, and no rule records. */
export function unknownOf(metrics: readonly string[]): string[] {
  return [...new Set(metrics)].filter((name) => !OTHERS.has(name) && labelsOf(name) === undefined);
}

/** Labels of a metric that an exporter serves. A list may have a histogram by its own name, without its series. */
export function labelsOf(metric: string): readonly string[] | undefined {
  return SERVED.get(metric) ?? SERVED.get(metric.replace(/_(bucket|count|sum)$/, ''));
}
