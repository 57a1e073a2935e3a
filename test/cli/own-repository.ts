import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CODE, NO_CODE } from '../../cli/code/files.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { byComponent, LAPTOP, pinsOf } from './fleet-folder.ts';

/** A Git repository with this code and a small fleet of its own: a cluster in each of the rings `one` and `two`, committed. */
export class OwnRepository {
  /** What it is in, for whatever belongs to it. */
  readonly scratch = mkdtempSync(join(tmpdir(), 'slipway-own-'));
  readonly root = join(this.scratch, 'repository');

  constructor() {
    for (const part of [...CODE, 'clusters/fleet.ts'])
      cpSync(join(REPOSITORY, part), join(this.root, part), {
        recursive: true,
        filter: (path) => !NO_CODE.test(path),
      });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.root, 'node_modules'));
    this.write('.gitignore', '/node_modules\n/.slipway-dist*\n');
    this.write(
      'clusters/rings.ts',
      "export default { one: { clusters: ['a'] }, two: { clusters: ['b'], soak: '0' } };\n",
    );
    for (const [ring, cluster] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const) {
      const file = { ...LAPTOP, domain: `${cluster}.localhost` };
      this.write(`clusters/${cluster}/cluster.ts`, `export default ${JSON.stringify(file)};\n`);
      for (const [component, pins] of byComponent(pinsOf(LAPTOP)))
        this.write(`clusters/pins/${ring}/${component}.json`, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`);
    }
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('config', 'user.name', 'a');
    this.git('config', 'user.email', 'a@example.com');
    const { code, output } = this.slipway('synth');
    if (code !== 0) throw new Error(output);
    this.commit('Begin');
  }

  git(...args: readonly string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return execFileSync('git', args, { cwd: this.root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Runs the repository's own command. */
  slipway(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', ...args], {
      cwd: this.root,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  edit(file: string, change: (text: string) => string): void {
    this.write(file, change(this.read(file)));
  }

  /** Commits everything. @returns the commit */
  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
