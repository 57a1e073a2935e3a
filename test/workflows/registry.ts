import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';

const PROGRAM = process.env['DOCKER_REGISTRY'] ?? 'docker-registry';

/** True where images can be pushed: with skopeo, and the registry of Debian's package docker-registry. */
export const CAN_PUSH = [PROGRAM, 'skopeo'].every((name) => spawnSync(name, ['--version']).status === 0);

/** A real registry on loopback, with nothing in it. */
export class Registry {
  readonly host: string;
  private readonly folder: string;
  private readonly process: ChildProcess;

  private constructor(port: number) {
    this.host = `127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
    const file = join(this.folder, 'config.json');
    writeFileSync(
      file,
      JSON.stringify({
        version: 0.1,
        log: { level: 'error', accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: join(this.folder, 'data') } },
        http: { addr: this.host },
      }),
    );
    // Without TLS.
    mkdirSync(join(this.folder, '.config', 'containers'), { recursive: true });
    writeFileSync(
      join(this.folder, '.config', 'containers', 'registries.conf'),
      `[[registry]]\nlocation = "${this.host}"\ninsecure = true\n`,
    );
    this.process = spawn(PROGRAM, ['serve', file], { stdio: 'ignore' });
  }

  static async start(): Promise<Registry> {
    const registry = new Registry((await freePorts(1))[0]!);
    for (let i = 0; i < 100; i += 1) {
      const answer = await fetch(`http://${registry.host}/v2/`).catch(() => undefined);
      if (answer?.ok) return registry;
      await new Promise((done) => setTimeout(done, 100));
    }
    registry.stop();
    throw new Error(`${PROGRAM} does not answer on ${registry.host}`);
  }

  /** What a program that pushes needs in its environment. */
  get env(): Readonly<Record<string, string>> {
    return { HOME: this.folder };
  }

  stop(): void {
    this.process.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
