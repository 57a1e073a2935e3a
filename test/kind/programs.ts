import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { KIND_NAME, KUBECONFIG, ROOT } from './place.ts';

/** Programs that must be there; those after the first three are on nearly every machine. */
const PROGRAMS = ['docker', 'kind', 'kubectl', 'git', 'openssl', 'bash', 'curl', 'sha256sum'] as const;
/** A daemon that does not answer within this time is taken for one that does not run. */
const DAEMON_WITHIN_MS = 20_000;

/** @throws Fault in one sentence if a program is missing or Docker's daemon does not answer */
export function requirePrograms(path = process.env['PATH'] ?? ''): void {
  const where = 'this machine';
  const fix = 'install what is missing and start Docker, or use `npm run lab`, which needs neither';
  const missing = PROGRAMS.filter((name) => !isOnPath(name, path));
  if (missing.length > 0) throw new Fault({ what: `a cluster on kind needs ${missing.join(', ')}`, where, fix });
  const { status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    timeout: DAEMON_WITHIN_MS,
  });
  if (status !== 0) throw new Fault({ what: "Docker's daemon does not answer", where, seen: stderr.trim(), fix });
}

/** Runs a program with the cluster's kubeconfig and shows what it prints. @throws Fault if it fails */
export function show(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = ROOT): void {
  const { status } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, KUBECONFIG, ...env },
    stdio: 'inherit',
  });
  if (status !== 0)
    throw new Fault({
      what: `\`${[program, ...args].join(' ')}\` has failed`,
      where: KIND_NAME,
      fix: 'see what it printed; `npm run kind -- up` keeps what is there already',
    });
}

/** Runs it and returns what it prints. @throws Error with its messages if it fails */
export function output(program: string, args: readonly string[], input?: string): string {
  return execFileSync(program, args, {
    cwd: ROOT,
    env: { ...process.env, KUBECONFIG },
    encoding: 'utf8',
    input: input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function isOnPath(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
