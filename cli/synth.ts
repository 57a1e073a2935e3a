import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Repository } from '../charts/applications.ts';
import { Fault, type Problem, throwIfAny } from '../charts/fault.ts';
import { type RenderedCluster, renderCluster } from '../charts/render/render.ts';
import { compareDist, type DistChanges, writeDist } from './dist.ts';
import { chooseClusters, type ClusterImporter, loadCluster } from './load.ts';

/** The repository that a command works on. */
export interface Workspace {
  /** Its folder. */
  readonly root: string;
  /** The folder that manifests are rendered into. */
  readonly dist: string;
  readonly importCluster: ClusterImporter;
  readonly repository: Repository;
}

/**
 * Loads and renders clusters, one at a time, so that only what the caller keeps of them stays in memory.
 *
 * @param asked names of clusters; none means all
 * @throws Fault at the end, with the mistakes of every cluster that has some
 */
export async function* renderClusters(
  workspace: Workspace,
  asked: readonly string[] = [],
): AsyncGenerator<RenderedCluster> {
  const problems: Problem[] = [];
  for (const name of chooseClusters(workspace.root, asked)) {
    try {
      yield renderCluster(await loadCluster(workspace.root, name, workspace.importCluster), workspace.repository);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(
        ...error.problems.map((problem) => ({
          ...problem,
          where: problem.where?.includes(name) ? problem.where : `cluster ${name}, ${problem.where}`,
        })),
      );
    }
  }
  throwIfAny(problems);
}

/** `slipway synth`: renders into dist, and says in one line what that changed. */
export async function synth(workspace: Workspace, asked: readonly string[]): Promise<string> {
  const start = performance.now();
  const { wanted, changes, clusters } = await prepare(workspace, asked);
  writeDist(workspace.dist, wanted, changes);
  const { stale, missing, extra } = changes;
  const what = [
    [missing.length, 'added'],
    [stale.length, 'changed'],
    [extra.length, 'removed'],
    [wanted.size - missing.length - stale.length, 'unchanged'],
  ].flatMap(([count, word]) => (count ? [`${count} ${word}`] : []));
  return `${countOf(clusters, 'cluster')}, ${countOf(wanted.size, 'file')}: ${what.join(', ')} (${Math.round(performance.now() - start)} ms)`;
}

/**
 * `slipway synth --check`: writes nothing.
 *
 * @throws Fault listing the files of dist that differ from what is rendered
 */
export async function checkDist(workspace: Workspace, asked: readonly string[]): Promise<string> {
  const { wanted, changes, clusters } = await prepare(workspace, asked);
  const { stale, missing, extra } = changes;
  const lines = [
    ...stale.map((path) => `  stale:   ${path}`),
    ...missing.map((path) => `  missing: ${path}`),
    ...extra.map((path) => `  extra:   ${path}`),
  ];
  if (lines.length === 0)
    return `${countOf(clusters, 'cluster')}, ${countOf(wanted.size, 'file')}: dist is what is rendered`;
  throw new Fault({
    what: `dist is not what is rendered: ${countOf(lines.length, 'file')}\n${lines.join('\n')}`,
    where: workspace.dist,
    fix: 'run "npm run synth", look at the difference, and commit it',
  });
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

async function prepare(
  workspace: Workspace,
  asked: readonly string[],
): Promise<{ readonly wanted: Map<string, string>; readonly changes: DistChanges; readonly clusters: number }> {
  const wanted = new Map<string, string>();
  const names: string[] = [];
  for await (const { name, files } of renderClusters(workspace, asked)) {
    names.push(name);
    for (const [path, text] of files) wanted.set(join(name, path), text);
  }
  return {
    wanted,
    changes: compareDist(workspace.dist, wanted, asked.length > 0 ? names : undefined),
    clusters: names.length,
  };
}
