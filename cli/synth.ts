import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Repository } from '../charts/applications.ts';
import { type FactsSource, factsSourceOf } from '../charts/cloud/clouds.ts';
import type { Cluster, PlannedCluster } from '../charts/cluster-file.ts';
import { Fault, inCluster, type Problem, throwIfAny } from '../charts/fault.ts';
import { servesHosts } from '../charts/fleet/hosts.ts';
import { grouped } from '../charts/lib/grouped.ts';
import { type RenderedCluster, renderCluster } from '../charts/render/render.ts';
import { TERRAFORM_INPUT, terraformInput } from '../charts/render/terraform-input.ts';
import { renderedElsewhere } from './code/elsewhere.ts';
import { renderBy, type RenderedElsewhere } from './code/render.ts';
import { changedFiles } from './changed-files.ts';
import { committedVolumes } from './committed-volumes.ts';
import { awaitDist, compareDist, type DistChanges, hasChanges, restoreDist, updateDist } from './dist.ts';
import { checkRepository, fleetProblems, type RenderedMember } from './fleet.ts';
import type { Importer } from './exported.ts';
import { chooseClusters, FACTS_GUIDE, factsFile, loadIfKnown } from './load.ts';
import { type Shown, shownAs } from './output.ts';
import { checkRings } from './rings.ts';
import { unheardAlerts } from './unheard-alerts.ts';
import { Versions } from './versions.ts';

/** The repository that a command works on. */
export interface Workspace {
  /** Its folder. */
  readonly root: string;
  /** The folder that manifests are rendered into. */
  readonly dist: string;
  readonly importer: Importer;
  readonly repository: Repository;
}

/** A cluster without facts yet: only what Terraform reads of it can be rendered. */
export interface PendingCluster extends Pick<RenderedCluster, 'name' | 'files'> {
  /** Who has to write them. */
  readonly factsFrom: FactsSource;
}

/** Clusters that are rendered, with what all of them are loaded by. */
interface Chosen {
  readonly names: readonly string[];
  readonly versions: Versions;
}

/**
 * Chooses clusters to render.
 *
 * @param asked their names; none means all
 * @throws Fault if there are no such clusters, or for what is wrong of the whole fleet
 */
export async function choose(
  { root, importer, repository }: Workspace,
  asked: readonly string[] = [],
): Promise<Chosen> {
  checkRepository(root, repository);
  const names = chooseClusters(root, asked);
  const versions = await Versions.load(root, importer);
  checkRings(root, versions.rings);
  return { names, versions };
}

/**
 * Loads and renders clusters, one at a time, so that memory holds only what the caller keeps of them.
 *
 * @throws Fault at the end, with the mistakes of all clusters
 */
export async function* renderClusters(
  { root, dist, importer, repository }: Workspace,
  { names, versions }: Chosen,
): AsyncGenerator<(RenderedCluster & { readonly cluster: Cluster }) | PendingCluster | RenderedElsewhere> {
  const elsewhere = renderedElsewhere(root, versions.rings, names);
  const problems: Problem[] = [];
  for (const name of names.filter((one) => !elsewhere.has(one))) {
    try {
      const cluster = await loadIfKnown(root, name, importer, { versions });
      yield 'cloud' in cluster
        ? { ...inCluster(name, () => renderCluster(cluster, repository, committedVolumes(dist, name))), cluster }
        : pendingCluster(cluster);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(...error.problems);
    }
  }
  for (const [commit, own] of grouped(elsewhere.keys(), (name) => elsewhere.get(name) ?? '')) {
    try {
      yield* await renderBy({ root, dist }, commit, own);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(...error.problems);
    }
  }
  throwIfAny(problems);
}

function pendingCluster(cluster: PlannedCluster): PendingCluster {
  return {
    name: cluster.name,
    files: new Map([[TERRAFORM_INPUT, terraformInput(cluster)]]),
    factsFrom: factsSourceOf(cluster.settings.cloud),
  };
}

/** What a run of `slipway synth` has written. */
export interface Synthesized {
  readonly clusters: number;
  readonly files: number;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Overrides in force. */
  readonly overrides: number;
  /** The clusters that have no facts yet. */
  readonly pending: readonly string[];
  /** What people have to do. */
  readonly warnings: readonly string[];
  /** Which clusters other code has rendered. */
  readonly elsewhere: readonly string[];
  readonly milliseconds: number;
}

/** `slipway synth`: renders into dist, and says what has changed there, with a summary in the last line. */
export async function synth(
  workspace: Workspace,
  asked: readonly string[],
  { quiet = false, ...shown }: Shown & { readonly quiet?: boolean } = {},
): Promise<string> {
  return shownAs(await synthesize(workspace, asked), quiet ? warningsOf : summaryOf, shown);
}

/** Renders into dist. */
async function synthesize(workspace: Workspace, asked: readonly string[]): Promise<Synthesized> {
  const start = performance.now();
  await restoreDist(workspace.dist);
  const prepared = await prepare(workspace, asked);
  const { wanted, clusters, pending, elsewhere, overrides, byHand, unheard } = prepared;
  const compare = (): DistChanges => changesOf(workspace, prepared);
  const { stale, missing, extra } = await updateDist(workspace.dist, wanted, compare);
  return {
    clusters,
    files: wanted.size,
    added: missing,
    changed: stale,
    removed: extra,
    overrides,
    pending: pending.map(({ name }) => name),
    warnings: [...pending.map((cluster) => withoutFacts(cluster, 'wrote')), ...byHand, ...unheard],
    elsewhere,
    milliseconds: Math.round(performance.now() - start),
  };
}

function summaryOf(done: Synthesized): string {
  const { clusters, files, added, changed, removed, overrides, warnings, elsewhere, milliseconds } = done;
  const summary = [
    [added.length, 'added'],
    [changed.length, 'changed'],
    [removed.length, 'removed'],
    [files - added.length - changed.length, 'unchanged'],
  ].flatMap(([count, word]) => (count ? [`${count} ${word}`] : []));
  return [
    ...changedFiles({ missing: added, stale: changed, extra: removed }),
    ...warnings,
    ...elsewhere,
    `${countOf(clusters, 'cluster')}, ${countOf(files, 'file')}: ${summary.join(', ')}${overrides ? `; ${countOf(overrides, 'override')} in force` : ''} (${milliseconds} ms)`,
  ].join('\n');
}

/** What `--quiet` prints. */
export function warningsOf({ warnings }: Pick<Synthesized, 'warnings'>): string {
  return warnings.join('\n');
}

/** Renders, and writes nothing. @throws Fault listing the files of dist that differ from the rendered ones */
export async function checkRendered(workspace: Workspace, asked: readonly string[]): Promise<Prepared> {
  const prepared = await prepare(workspace, asked);
  throwIfAny(outOfDate(workspace, await settledChanges(workspace, prepared)));
  return prepared;
}

/** The problem of a dist that differs from what is rendered, with the files. */
export function outOfDate({ dist }: Pick<Workspace, 'dist'>, { stale, missing, extra }: DistChanges): Problem[] {
  const lines = [
    ...stale.map((path) => `  stale:   ${path}`),
    ...missing.map((path) => `  missing: ${path}`),
    ...extra.map((path) => `  extra:   ${path}`),
  ];
  if (lines.length === 0) return [];
  return [
    {
      what: `dist is out of date: ${countOf(lines.length, 'file')}\n${lines.join('\n')}`,
      where: dist,
      fix: 'run "npm run synth", review the diff, and commit it',
    },
  ];
}

/** `1 file`, `2 files`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What was done of a cluster without facts, and the next step. */
export function withoutFacts({ name, factsFrom }: PendingCluster, did: 'wrote' | 'rendered'): string {
  const done = `${name}: no facts.json yet: ${did} only ${TERRAFORM_INPUT}`;
  return factsFrom === 'terraform'
    ? `${done}, for Terraform; run terraform apply, then slipway facts ${name}`
    : `${done}; write ${factsFile(name)}: ${FACTS_GUIDE} says what it holds`;
}

/** What is to be written. */
export interface Prepared {
  readonly chosen: Chosen;
  readonly wanted: ReadonlyMap<string, string>;
  /** Which clusters other code has rendered. */
  readonly elsewhere: readonly string[];
  /** The folders of dist that they are all of; undefined for all of dist. */
  readonly within: readonly string[] | undefined;
  readonly clusters: number;
  /** The clusters that have no facts yet. */
  readonly pending: readonly PendingCluster[];
  /** Overrides of all clusters. */
  readonly overrides: number;
  /** What people have to do in running clusters. */
  readonly byHand: readonly string[];
  /** Which clusters have alerts that nobody is told of. */
  readonly unheard: readonly string[];
}

/** Renders clusters, and checks what they are together. */
export async function prepare(workspace: Workspace, asked: readonly string[]): Promise<Prepared> {
  const wanted = new Map<string, string>();
  const names: string[] = [];
  const pending: PendingCluster[] = [];
  const byHand: string[] = [];
  const members: RenderedMember[] = [];
  const elsewhere: RenderedElsewhere[] = [];
  let overrides = 0;
  const chosen = await choose(workspace, asked);
  for await (const cluster of renderClusters(workspace, chosen)) {
    const { name, files } = cluster;
    names.push(name);
    if ('order' in cluster) {
      overrides += cluster.overrides.length;
      byHand.push(...cluster.immutableChanges.map((what) => `${name}: ${what} (docs/runbooks/grow-a-volume.md)`));
      members.push({
        cluster: cluster.cluster,
        manifests: cluster.objects.map(({ manifest }) => manifest).filter(servesHosts),
      });
    } else if ('commit' in cluster) {
      elsewhere.push(cluster);
      byHand.push(...cluster.notes);
    } else pending.push(cluster);
    for (const [path, text] of files) wanted.set(join(name, path), text);
  }
  throwIfAny(await fleetProblems(workspace.root, chosen.versions, members, elsewhere, workspace.importer));
  return {
    chosen,
    wanted,
    elsewhere: namesByCode(elsewhere),
    within: asked.length > 0 ? names : undefined,
    clusters: names.length,
    pending,
    overrides,
    byHand,
    unheard: unheardAlerts(members.map(({ cluster }) => cluster)),
  };
}

function namesByCode(elsewhere: readonly RenderedElsewhere[]): string[] {
  return [...grouped(elsewhere, ({ commit }) => commit)].map(
    ([commit, own]) => `${own.map(({ name }) => name).join(', ')}: by the code of ${commit.slice(0, 10)}`,
  );
}

/** The differences between dist and what is to be written. @throws Fault if dist has objects of a cluster without facts */
export function changesOf({ dist }: Workspace, { wanted, within, pending }: Prepared): DistChanges {
  const changes = compareDist(dist, wanted, within);
  throwIfAny(pending.flatMap((cluster) => missingFacts(cluster, changes)));
  return changes;
}

/** The changes once no other run writes dist; without any, nobody needs to wait. */
export async function settledChanges(workspace: Workspace, prepared: Prepared): Promise<DistChanges> {
  const changes = changesOf(workspace, prepared);
  if (!hasChanges(changes)) return changes;
  await awaitDist(workspace.dist);
  return changesOf(workspace, prepared);
}

/** Argo CD prunes from a running cluster what dist no longer has; a missing facts.json must not cause that. */
function missingFacts({ name, factsFrom }: PendingCluster, { extra }: DistChanges): Problem[] {
  if (!extra.some((path) => path.startsWith(join(name, '/')))) return [];
  const again = factsFrom === 'terraform' ? `, or run \`slipway facts ${name}\`` : '';
  return [
    {
      what: `cluster ${name} has no facts.json, but dist has files that were rendered with one`,
      file: factsFile(name),
      fix: `restore it from Git${again}; to recreate the cluster, remove dist/${name}`,
    },
  ];
}
