import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODE_FILE } from '../../charts/code.ts';
import { Fault } from '../../charts/fault.ts';
import { filesBelow } from '../dist.ts';
import { Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import { CODE } from './files.ts';
import { packagesOf } from './packages.ts';

/** A cluster that other code has rendered. */
export interface RenderedElsewhere {
  readonly name: string;
  /** Texts by path below the cluster's folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The commit of the code. */
  readonly commit: string;
  /** What the code says about the cluster. */
  readonly notes: readonly string[];
}

/**
 * Renders clusters by the code of a commit, from what their files say now: in a folder of its own, by its own command line.
 *
 * @throws Fault with what that code says, if it does not take them; or if this clone does not have the commit
 */
export async function renderBy(
  { root, dist }: Pick<Workspace, 'root' | 'dist'>,
  commit: string,
  clusters: readonly string[],
): Promise<RenderedElsewhere[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-code-'));
  try {
    await unpack(root, commit, folder);
    cpSync(join(root, 'clusters'), join(folder, 'clusters'), { recursive: true });
    symlinkSync(packagesOf(root, folder), join(folder, 'node_modules'));
    // Holds keep what dist has, and volumes are compared with it.
    if (existsSync(join(root, 'dist'))) symlinkSync(join(root, 'dist'), join(folder, 'dist'));
    const out = join(folder, 'rendered');
    for (const name of clusters)
      if (existsSync(join(dist, name))) cpSync(join(dist, name), join(out, name), { recursive: true });
    const said = run(folder, out, commit, clusters).split('\n');
    return clusters.map((name) => ({
      name,
      files: filesIn(out, name),
      commit,
      notes: said.filter((line) => line.startsWith(`${name}: `)),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(root: string, commit: string, folder: string): Promise<void> {
  const git = Git.open(root);
  const archive = join(folder, 'code.tar');
  git.commit(commit);
  const parts = [...CODE, ':(exclude)*.test.ts', ':(exclude)*.testing.ts'];
  writeFileSync(archive, git.run(['archive', '--format=tar', commit, '--', ...parts], 'the code cannot be read'));
  const { extract } = await import('tar');
  await extract({ file: archive, cwd: folder, strict: true });
  rmSync(archive);
}

function run(folder: string, out: string, commit: string, clusters: readonly string[]): string {
  mkdirSync(out, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('cli', 'slipway.mjs'), 'synth', ...clusters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: out },
  });
  if (status === 0) return stdout;
  throw new Fault({
    what: `${clusters.join(', ')} ${clusters.length === 1 ? 'is' : 'are'} rendered by the code of ${commit.slice(0, 10)}, which says: ${stderr.replace(/^error: /, '').trim()}`,
    file: CODE_FILE,
    fix: 'write what that code knows; or give the ring newer code: slipway promote --code',
  });
}

function filesIn(out: string, cluster: string): Map<string, string> {
  const folder = join(out, cluster);
  return new Map(filesBelow(folder, '').map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
