import type { Cluster } from '../charts/cluster-file.ts';

/** Names the clusters that have alerts by which nobody is woken, in one line at most. */
export function unheardAlerts(clusters: readonly Pick<Cluster, 'name' | 'settings'>[]): string[] {
  const unheard = clusters.filter(
    ({ settings: { prometheus, alertmanager } }) => prometheus && alertmanager?.critical === undefined,
  );
  if (unheard.length === 0) return [];
  const names = unheard.map(({ name }) => name).join(', ');
  return [`${names}: critical alerts go to nobody: set "alertmanager.critical"`];
}
