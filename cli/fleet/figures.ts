import type { ClusterOverview, FleetOverview, Requests } from '../../charts/fleet/overview/model.ts';
import { count } from '../plan/words.ts';
import { bytes, cores, type Format, plain, withChange } from './quantities.ts';

/** A number that things are compared by. */
export interface Figure<T> {
  readonly label: string;
  readonly format: Format;
  readonly of: (one: T) => number;
  /** What is said beside the number. */
  readonly note?: (one: T) => string | undefined;
}

const requested = <T>(of: (one: T) => Requests, suffix = ''): Figure<T>[] => [
  { label: `CPU${suffix}`, format: cores, of: (one) => of(one).cpuMillicores },
  { label: `memory${suffix}`, format: bytes, of: (one) => of(one).memoryBytes },
];

/** What pods ask for, one column each. */
export const REQUESTS: readonly Figure<Requests>[] = [
  { label: 'pods', format: plain, of: ({ pods }) => pods },
  ...requested<Requests>((one) => one),
  {
    label: 'memory limit',
    format: bytes,
    of: ({ memoryLimitBytes }) => memoryLimitBytes,
    note: ({ podsWithoutMemoryLimit: none }) => (none > 0 ? `${count(none, 'pod')} without` : undefined),
  },
];

const inAll =
  (field: 'volumes' | 'bytes') =>
  ({ totals: { volumes } }: ClusterOverview): number =>
    volumes.reduce((sum, one) => sum + one[field], 0);

/** What a whole cluster is compared by. */
export const TOTALS: readonly Figure<ClusterOverview>[] = [
  ...REQUESTS.map(({ label, format, of, note }) => ({
    label,
    format,
    of: (cluster: ClusterOverview) => of(cluster.totals.running),
    note: (cluster: ClusterOverview) => note?.(cluster.totals.running),
  })),
  ...requested<ClusterOverview>((cluster) => cluster.totals.perNode, ' per node'),
  { label: 'volumes', format: plain, of: inAll('volumes') },
  { label: 'volume size', format: bytes, of: inAll('bytes') },
  { label: 'hosts', format: plain, of: ({ hosts }) => new Set(hosts.map(({ host }) => host)).size },
  { label: 'certificates', format: plain, of: ({ certificates }) => certificates.length },
  { label: 'schedules', format: plain, of: ({ schedules }) => schedules.length },
];

/** A figure in words, with its change. */
export function written<T>(figure: Figure<T>, now: T, before: T | undefined): string {
  const number = withChange(figure.format, figure.of(now), before === undefined ? undefined : figure.of(before));
  return [number, figure.note?.(now)].filter(Boolean).join(', ');
}

/** The totals of each cluster: a line each, with a cell for each figure. */
export function totals({ clusters, base }: FleetOverview): { readonly name: string; readonly cells: string[] }[] {
  return clusters.map((cluster, i) => ({
    name: cluster.name,
    cells: TOTALS.map((figure) => written(figure, cluster, base?.clusters[i])),
  }));
}
