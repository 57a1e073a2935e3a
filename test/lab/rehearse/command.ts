import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import type { Cluster } from '../../../charts/cluster-file.ts';
import { repository } from '../../../clusters/fleet.ts';
import type { Importer, ValuesModule } from '../../../cli/exported.ts';
import { Git } from '../../../cli/git.ts';
import { loadCluster } from '../../../cli/load.ts';
import { writeOutput } from '../../../cli/output.ts';
import { planOf } from '../../../cli/plan/plan.ts';
import { kit } from '../build.ts';
import { Lab } from '../lab.ts';
import { Clone } from './clone.ts';
import { deviations } from './deviations.ts';
import { markdown, text } from './render.ts';
import { isAsPlanned, NOTHING_SEEN, type Planned, type Report, type Seen } from './report.ts';
import { type Commits, runRehearsal } from './run.ts';

/** What the command line says. */
export interface RehearseOptions {
  /** @default the revision that clusters sync from, as the remote `origin` has it */
  readonly base?: string;
  /** Files that are written. */
  readonly json?: string;
  readonly markdown?: string;
}

/**
 * Rehearses what HEAD changes in a cluster, beside what the plan says, and prints the report; what is going on goes to
 * standard error. A signal ends it and all that it started.
 *
 * @returns the exit code: 0 if all is as planned, and Synced and Healthy in the end
 */
export async function rehearse(root: string, cluster: string, options: RehearseOptions): Promise<number> {
  const importer: Importer = {
    cluster: (folder) => import(`../../../clusters/${folder}/cluster.ts`) as Promise<ValuesModule>,
    rings: () => import('../../../clusters/rings.ts'),
  };
  const commits = commitsOf(root, cluster, options.base ?? `origin/${repository.revision}`);
  const loaded = await loadCluster(root, cluster, importer);
  const workspace = { root, dist: join(root, 'dist'), importer, repository };
  const planned = planOf(workspace, [cluster], commits).entries.map(
    ({ application, object, verdict, takes }): Planned => ({ application, object, verdict, ...(takes && { takes }) }),
  );
  const seen = planned.length === 0 ? NOTHING_SEEN : await inLab(root, loaded, commits);
  if (seen === undefined) return 1;
  const synced = planned.filter(({ application }) => application !== TERRAFORM);
  const notAsPlanned = deviations(synced, seen);
  const report: Report = { version: 1, cluster, ...commits, planned: synced, ...seen, notAsPlanned };
  if (options.json !== undefined) writeOutput(options.json, `${JSON.stringify(report, null, 2)}\n`, 'the report');
  if (options.markdown !== undefined) writeOutput(options.markdown, markdown(report), 'the report');
  console.log(text(report));
  return isAsPlanned(report) ? 0 : 1;
}

/** What the plan calls the Application of what Terraform reads: none in the cluster. */
const TERRAFORM = 'terraform';

/** @throws Fault if one of both is not there, or dist is not that of HEAD */
function commitsOf(root: string, cluster: string, name: string): Commits {
  const git = Git.open(root);
  const [first] = git.uncommitted(['dist']);
  if (first !== undefined)
    throw new Fault({
      what: 'dist has changes that are not committed, and only commits are rehearsed',
      where: 'dist',
      seen: first.trim(),
      fix: 'commit them, or take them back',
    });
  const head = git.commit('HEAD');
  const base = git.mergeBase(git.commit(name), head);
  for (const commit of [base, head])
    if (git.files(commit, [`dist/${cluster}/applications`]).length === 0)
      throw new Fault({
        what: `the ${commit === base ? 'base' : 'commit HEAD'} has no rendered cluster ${cluster}, so that no change of it can be rehearsed`,
        where: `dist/${cluster} at ${git.short(commit)}`,
        fix: 'run `npm run synth` and commit dist, or name a base that has it',
      });
  return { base, head };
}

/** Undefined if a signal ended it. */
async function inLab(root: string, cluster: Cluster, commits: Commits): Promise<Seen | undefined> {
  const ending = new AbortController();
  const ended = new Promise<undefined>((resolve) => ending.signal.addEventListener('abort', () => resolve(undefined)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-rehearse-'));
  // Removed by the lab's guardian too, if this process is killed.
  const folder = join(scratch, 'lab');
  const start = Date.now();
  const said = new Set<string>();
  const say = (line: string): void => {
    // Of the base and of HEAD the lab says the same about itself.
    if (!said.has(line)) console.error(`${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`);
    said.add(line);
  };
  let lab: Lab | undefined;
  const run = async (): Promise<Seen> => {
    const programs = await kit({ say, signal: ending.signal });
    mkdirSync(folder);
    const clone = new Clone(root, join(folder, 'checkout'));
    clone.checkout(commits.base);
    lab = await Lab.create({ folder, kit: programs, cluster, repository, checkout: clone.folder, say });
    return runRehearsal(lab, clone, commits);
  };
  try {
    return await Promise.race([run(), ended]);
  } finally {
    const logs = process.env['E2E_LOGS'];
    if (lab && logs) cpSync(join(folder, 'logs'), join(logs, cluster.name), { recursive: true });
    await lab?.stop();
    rmSync(scratch, { recursive: true, force: true });
    // What was being started when a signal came goes no further.
    if (ending.signal.aborted) process.exit(1);
  }
}
