import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectiveRules } from '../../charts/rules/objective.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** Metrics of an exporter, as its source or a real one's output has them. */
interface MetricList {
  readonly source: string;
  /** Labels by the name of the metric. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}

const FOLDER = join(REPOSITORY, 'charts', 'rules', 'metrics');

/** What Prometheus itself adds to every target, and for every alert. */
const OF_PROMETHEUS = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS', 'ALERTS_FOR_STATE'];

/** Names of all metrics that exporters have, that Prometheus adds, or that rules record. */
export function knownMetrics(): ReadonlySet<string> {
  const lists = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];
  return new Set([
    ...OF_PROMETHEUS,
    ...recorded(),
    ...lists.flatMap((name) => {
      const { metrics } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as MetricList;
      return Object.keys(metrics);
    }),
  ]);
}

/** The names of what objectives record are the same for all of them. */
function recorded(): string[] {
  const requests = { histogram: 'requests', matchers: 'a="b"', failed: 'c="d"', buckets: [1] };
  return objectiveRules({ service: 'any', availability: 99, latency: { p: 0.9, below: '1s' }, requests }).flatMap(
    ({ recordings = [] }) => recordings.map(({ record }) => record),
  );
}

/** Names by which a histogram or a summary may be in a list: its own, without those of its series. */
export function listedAs(name: string): string[] {
  return [name, name.replace(/_(bucket|count|sum)$/, '')];
}
