/**
 * Renders a cluster in memory with its monitoring and without, in turn, in a process that is warm: what monitoring costs
 * on every cluster but the first. Prints the median of the differences, in milliseconds of processor time.
 *
 *   node --import tsx test/bench/monitoring/beside.ts CLUSTER RUNS
 */
import type { Cluster } from '../../../charts/cluster-file.ts';
import { renderCluster } from '../../../charts/render/render.ts';
import { repository } from '../../../clusters/fleet.ts';
import { loadFleet } from '../../lib/load-fleet.ts';
import { middle } from '../measure.ts';
import { MONITORING } from './variants.ts';

const [name, runs] = process.argv.slice(2);
const WARM_UP = 5;

const monitored = (await loadFleet()).find((cluster) => cluster.name === name)!;
const unmonitored: Cluster = {
  ...monitored,
  settings: {
    ...monitored.settings,
    ...Object.fromEntries(MONITORING.map((section) => [section, undefined])),
    prometheusOperator: monitored.settings.prometheusOperator,
    alerts: {},
  },
};

/** Milliseconds of processor time, which hardly grow with other load on the machine. */
const timeOf = (cluster: Cluster): number => {
  const before = process.cpuUsage();
  renderCluster({ ...cluster, settings: { ...cluster.settings, overrides: [], waivers: [] } }, repository);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const rounds = Array.from({ length: WARM_UP + Number(runs) }, () => timeOf(monitored) - timeOf(unmonitored));
console.log(middle(rounds.slice(WARM_UP)));
