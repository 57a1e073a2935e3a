import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../../lib/load-fleet.ts';
import type { Ended } from '../../lib/temporary-repository.ts';
import { aws } from './aws.ts';
import { az } from './az.ts';
import { type Call, parse, Refusal } from './command.ts';
import type { Step } from './document.ts';
import { gh, serveGitHub } from './github.ts';
import { kubectl, kubelogin } from './kubernetes.ts';
import { terraform } from './terraform.ts';
import { type Program, World } from './world.ts';

/** Installed packages are those of the repository; everything else of npm is real. */
const NPM = `#!/bin/sh
if [ "$1" = ci ]; then
  ln -s '${join(REPOSITORY, 'node_modules')}' node_modules && echo /node_modules >>.git/info/exclude
else
  PATH=\${PATH#*:} exec npm "$@"
fi
`;

const MOST_SLEEPS = 10;

/** The machine of somebody who follows a runbook: Git, npm and the command line of this repository are real, others are played. */
export class Machine {
  private readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-runbook-')));
  readonly world = new World(join(this.root, 'work'));
  private readonly programs: Readonly<Record<string, Program>> = {
    aws: aws(this.world),
    az: az(this.world),
    gh: gh(this.world),
    kubectl: kubectl(this.world),
    kubelogin: kubelogin(this.world),
    terraform: terraform(this.world),
  };
  private servers: Server[] = [];
  private sleeps = 0;
  /** Where GitHub's API is played. */
  private api = '';

  private constructor() {
    const bin = join(this.root, 'bin');
    for (const folder of [bin, this.world.scratch]) mkdirSync(folder);
    cpSync(join(import.meta.dirname, 'stand-in.mjs'), join(this.root, 'stand-in.mjs'));
    chmodSync(join(this.root, 'stand-in.mjs'), 0o755);
    writeFileSync(join(this.world.scratch, 'render-app.pem'), '-----BEGIN RSA PRIVATE KEY-----\n');
    for (const program of [...Object.keys(this.programs), 'setting', 'sleep'])
      symlinkSync(join(this.root, 'stand-in.mjs'), join(bin, program));
    writeFileSync(join(bin, 'npm'), NPM, { mode: 0o755 });
  }

  static async start(): Promise<Machine> {
    const machine = new Machine();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => void machine.answer(JSON.parse(text) as Call).then((said) => socket.end(said)));
    });
    await new Promise<void>((resolve) => server.listen(join(machine.root, 'socket'), resolve));
    const gitHub = await serveGitHub(machine.world);
    machine.servers = [server, gitHub];
    machine.api = `http://127.0.0.1:${(gitHub.address() as AddressInfo).port}`;
    return machine;
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Runs steps in one shell. What it prints at last on standard error says which step failed. */
  async run(steps: readonly Step[]): Promise<Ended> {
    const script = steps.map(({ code, document, line }) => `step='${document}:${line}'\n${code}`).join('\n');
    const file = join(this.root, 'script');
    writeFileSync(file, `trap '[ $? -eq 0 ] || echo "failed: $step" >&2' EXIT\n${script}`);
    const child = spawn('bash', ['-euo', 'pipefail', file], {
      cwd: this.world.scratch,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.root, 'bin')}:${process.env['PATH']}`,
        HOME: this.root,
        LANG: 'C.UTF-8',
        NO_COLOR: '1',
        STAND_INS: join(this.root, 'socket'),
        GITHUB_API_URL: this.api,
        GIT_CONFIG_NOSYSTEM: '1',
        ...Object.fromEntries(
          ['AUTHOR', 'COMMITTER'].flatMap((who) => [
            [`GIT_${who}_NAME`, 'a'],
            [`GIT_${who}_EMAIL`, 'a@example.com'],
          ]),
        ),
        npm_config_update_notifier: 'false',
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }

  private async answer(call: Call): Promise<string> {
    const said = (status: number, stdout: string, stderr: string): string => JSON.stringify({ status, stdout, stderr });
    try {
      return said(0, await this.did(call), '');
    } catch (error) {
      const shown = `${call.program} ${call.args.join(' ')}: ${error instanceof Error ? error.message : String(error)}\n`;
      return said(error instanceof Refusal ? error.status : 70, '', shown);
    }
  }

  private did(call: Call): string | Promise<string> {
    const program = this.programs[call.program];
    if (call.program === 'sleep') return this.sleep();
    if (program === undefined) return this.write(call.args);
    const { command, given } = parse(program.commands, program.common, call.args);
    return program.run(command, given, call);
  }

  /** Nobody waits for ever. */
  private sleep(): string {
    if (++this.sleeps > MOST_SLEEPS) throw new Refusal('what is waited for does not come');
    return '';
  }

  /** Writes what a command has printed into the settings of Terraform. */
  private write([name = '', value = '']: readonly string[]): string {
    if (value === '') throw new Refusal(`nothing is to be written into ${name}`);
    this.world.set(name, value);
    return '';
  }
}
