import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Ended } from '../lib/temporary-repository.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** What the cluster's root has made: the hand-over, what is kept, and the rest. */
const STATE = [
  'module.cluster.module.argocd.terraform_data.hand_over[0]',
  'module.cluster.module.argocd.terraform_data.removal',
  'module.cluster.module.backup_store.aws_s3_bucket.this["primary"]',
  'module.cluster.module.dns.aws_route53_zone.this[0]',
  'module.cluster.module.eks.aws_eks_cluster.this',
  'module.cluster.module.network.aws_vpc.this',
];
const LOAD_BALANCER = 'load balancer gateway/gateway';

/** What is left once steps have run: files by their names, and the services that were deleted. */
export interface Left {
  readonly state: string;
  readonly cloud: string;
  readonly imports: string;
  readonly stays: string;
}

/** A cluster to destroy, which exists in files: `doomed/terraform` and `doomed/kubectl` stand in for the commands. */
export class DoomedCluster {
  readonly root = mkdtempSync(join(tmpdir(), 'slipway-doomed-'));
  private readonly world = join(this.root, 'world');

  constructor() {
    cpSync(join(REPOSITORY, '.github', 'scripts'), join(this.root, '.github', 'scripts'), { recursive: true });
    this.write('bootstrap/roots/test/backend.tf', 'terraform {\n  backend "s3" {}\n}\n');
    this.write('world/state', lines(STATE));
    this.write('world/cloud', lines([...STATE, LOAD_BALANCER]));
    this.write('world/calls', '');
    this.write('world/backups.json', '{"items":[]}');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** The text of a file, or nothing if there is none. */
  read(file: string): string {
    return existsSync(join(this.root, file)) ? readFileSync(join(this.root, file), 'utf8') : '';
  }

  /** The API server answers nobody any more. */
  die(): void {
    this.write('world/dead', '');
  }

  calls(): string[] {
    return this.read('world/calls').trim().split('\n');
  }

  left(): Left {
    return {
      state: this.read('world/state'),
      cloud: this.read('world/cloud'),
      imports: this.read('kept/imports.tf.json'),
      stays: this.read('kept/stays.md'),
    };
  }

  /** Runs a script in a process group of its own, which a stand-in kills at the call that `KILL` names. */
  async run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const doomed = join(REPOSITORY, 'test', 'workflows', 'doomed');
    const child = spawn('bash', [join('.github', 'scripts', script), ...args], {
      cwd: this.root,
      detached: true,
      env: {
        ...process.env,
        PATH: `${doomed}:${process.env['PATH'] ?? ''}`,
        DOOMED: doomed,
        WORLD: this.world,
        TMPDIR: this.root,
        SCHEDULES: 'volumes',
        POLL_SECONDS: '0',
        GITHUB_RUN_ID: '7',
        ...env,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
