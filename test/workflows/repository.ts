import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** What a script of `.github/scripts/` did. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file of pins with the image of the service whoami. */
export function pinOf(packageName: string): string {
  return JSON.stringify({ whoami: { datasource: 'docker', packageName, version: '1.0.0' } });
}

/** A Git repository for a script, without the settings of whoever runs the tests. */
export class ScriptRepository {
  /** What it is in, for whatever belongs to it. */
  readonly scratch = mkdtempSync(join(tmpdir(), 'slipway-script-'));
  readonly root = join(this.scratch, 'repository');

  constructor() {
    mkdirSync(join(this.scratch, 'bin'));
    mkdirSync(this.root);
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    return execFileSync('git', [...who, ...args], {
      cwd: this.root,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    }).trim();
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Commits files. @returns the commit */
  commit(files: Readonly<Record<string, string>> = {}): string {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'Change');
    return this.git('rev-parse', 'HEAD');
  }

  /** Puts a program before those of the machine, as a script of the shell. */
  program(name: string, script: string): void {
    writeFileSync(join(this.scratch, 'bin', name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  }

  run(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
    const { status, stdout, stderr } = spawnSync('bash', [join(REPOSITORY, '.github', 'scripts', name), ...args], {
      cwd: this.root,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(this.scratch, 'bin')}:${process.env['PATH']}`,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GITHUB_REPOSITORY: 'Acme/fleet',
        ...env,
      },
    });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
