import { basename } from 'node:path';
import { type DistChanges, restoreDist, updateDist } from './dist.ts';
import { changesOf, countOf, prepare, type Workspace } from './synth.ts';

/** Rules and dashboards, by the names of their files. */
const OF_MONITORING = /^(PrometheusRule\.|ConfigMap\.dashboard-)/;

const isOfMonitoring = (path: string): boolean => OF_MONITORING.test(basename(path));

/**
 * `slipway monitoring`: renders, and writes rules and dashboards alone.
 *
 * @returns what has changed, a line for each file
 */
export async function monitoring(
  workspace: Workspace,
  asked: readonly string[],
  { quiet = false }: { readonly quiet?: boolean } = {},
): Promise<string> {
  await restoreDist(workspace.dist);
  const prepared = await prepare(workspace, asked);
  const compare = (): DistChanges => {
    const { stale, missing, extra } = changesOf(workspace, prepared);
    return {
      stale: stale.filter(isOfMonitoring),
      missing: missing.filter(isOfMonitoring),
      extra: extra.filter(isOfMonitoring),
    };
  };
  const { stale, missing, extra } = await updateDist(workspace.dist, prepared.wanted, compare);
  if (quiet) return [...prepared.byHand, ...prepared.unheard].join('\n');
  const count = [...prepared.wanted.keys()].filter(isOfMonitoring).length;
  const changed = stale.length + missing.length + extra.length;
  return [
    ...missing.map((path) => `  added:   ${path}`),
    ...stale.map((path) => `  changed: ${path}`),
    ...extra.map((path) => `  removed: ${path}`),
    `${countOf(prepared.clusters, 'cluster')}, ${countOf(count, 'file')} with rules or dashboards: ${changed > 0 ? `${changed} written or removed` : 'up to date'}`,
  ].join('\n');
}
