/**
 * Measures what Git costs a fleet whose dist is on one branch, and what the repo server of one cluster's Argo CD fetches of it,
 * of a branch per cluster, and of a repository per cluster. Times are processor time, with that of the server: what else runs
 * changes it less than the time on the clock. The figures are in docs/scale.md.
 *
 *   node --import tsx test/bench/git/scale.ts [--runs N] [CLUSTERS…]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, line, run } from '../measure.ts';
import { COMMITS, type Fleet, NEXT, OBJECTS, writeFleet } from './fleet.ts';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '2' } },
  allowPositionals: true,
});
/** Of so many runs the least time counts: what else the machine does takes time, and gives none. */
const RUNS = Number(values.runs);

const counts = positionals.map(Number);
for (const clusters of counts.length > 0 ? counts : [4, 20, 100]) {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-scale-'));
  try {
    console.log(`\n${clusters} clusters × ${OBJECTS} objects, ${COMMITS + 1} commits`);
    const fleet = writeFleet(scratch, clusters);
    people(fleet, scratch);
    render(clusters);
    repoServers(fleet, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What people and CI wait for. */
function people({ main }: Fleet, scratch: string): void {
  const clone = join(scratch, 'clone');
  const url = pathToFileURL(main).href;
  const runs = Array.from({ length: RUNS }, () => {
    rmSync(clone, { recursive: true, force: true });
    const cloned = git(scratch, 'clone', '--single-branch', url, clone);
    const fetched = git(clone, 'fetch', 'origin', NEXT);
    git(clone, 'status');
    return { cloned, fetched, status: git(clone, 'status') };
  });
  const least = (of: 'cloned' | 'fetched' | 'status'): string => seconds(Math.min(...runs.map((one) => one[of])));
  line('files of dist', String(filesOf(join(clone, 'dist')).length));
  line('  in the working tree', mebibytes(join(clone, 'dist')));
  line('git clone', least('cloned'));
  line('  its .git', mebibytes(join(clone, '.git')));
  line('git fetch of a commit that changes an object of a quarter of the clusters', least('fetched'));
  line('git status', least('status'));
  rmSync(clone, { recursive: true });
}

/** Rendering as many clusters, copies of the product tests', as a whole process. */
function render(clusters: number): void {
  const { cpuSeconds, stdout } = run(process.execPath, ['--import', 'tsx', 'test/bench/scale.ts', String(clusters)]);
  const { mebibytes: memory, files } = JSON.parse(stdout) as { readonly mebibytes: number; readonly files: number };
  line(`render, ${files} files`, seconds(cpuSeconds));
  line('  peak memory', `${memory} MiB`);
}

/** What one cluster's repo server has on disk and waits for, by the commands that Argo CD runs. */
function repoServers({ main, branches, own, cluster }: Fleet, scratch: string): void {
  const sources = [
    ['main', main, 'main'],
    ['a branch per cluster', branches, `clusters/${cluster}`],
    ['a repository per cluster', own, 'main'],
  ] as const;
  for (const [name, repository, branch] of sources)
    for (const depth of [0, 1]) {
      const folder = join(scratch, 'server');
      const commit = run('git', ['-C', repository, 'rev-parse', branch]).stdout.trim();
      const what = depth > 0 ? [commit, '--depth', String(depth)] : ['--tags'];
      const runs = Array.from({ length: RUNS }, () => {
        rmSync(folder, { recursive: true, force: true });
        git(scratch, 'init', folder);
        git(folder, 'remote', 'add', 'origin', pathToFileURL(repository).href);
        const fetched = git(folder, 'fetch', 'origin', ...what, '--force', '--prune');
        return fetched + git(folder, 'checkout', '--force', commit);
      });
      line(
        `repo server, ${name}${depth > 0 ? ', depth 1' : ''}: time, .git, in all`,
        [seconds(Math.min(...runs)), mebibytes(join(folder, '.git')), mebibytes(folder)].join('  '),
      );
      rmSync(folder, { recursive: true });
    }
}

/** Runs Git in a folder. @returns its processor time in seconds */
function git(folder: string, ...args: readonly string[]): number {
  return run('git', ['-C', folder, ...args]).cpuSeconds;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

/** What a folder takes on the disk. */
function mebibytes(folder: string): string {
  return `${(Number(run('du', ['-sk', folder]).stdout.split('\t')[0]) / 1024).toFixed(1)} MiB`;
}
