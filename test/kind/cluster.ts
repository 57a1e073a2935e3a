import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { sourceOf } from '../../charts/fleet/published.ts';
import { textAt } from '../../charts/lib/manifest.ts';
import { repository } from '../../clusters/fleet.ts';
import { TERRAFORM_INPUT } from '../../charts/render/terraform-input.ts';
import { Api, pause } from '../lab/api.ts';
import { readManifests } from '../lab/control-plane.ts';
import { git, GitHosts } from '../lab/git.ts';
import { applicationStatuses, isSettled } from '../lab/lab.ts';
import { publish } from '../lab/publish.ts';
import { loadServiceImages } from './images.ts';
import { CLUSTER, FOLDER, KIND_NAME, KUBECONFIG, NODE_IMAGE, ROOT } from './place.ts';
import { output, requirePrograms, show } from './programs.ts';

/** Seconds from the root Application until all are Synced and Healthy: every image is pulled in this time. */
export const SETTLED_WITHIN = 1200;

const DIST = join(ROOT, 'dist', CLUSTER);
const PROCESS = join(FOLDER, 'host.pid');
/** Whose fields these are, beside bootstrap's, so that neither takes away the other's. */
const MANAGER = 'slipway-kind';

/** Makes the cluster and hands it over to Argo CD; what is there already is kept. @throws Fault naming what is not up */
export async function up(): Promise<void> {
  requirePrograms();
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  if (!exists())
    show('kind', [
      'create',
      'cluster',
      '--name',
      KIND_NAME,
      '--config',
      'bootstrap/kind.yaml',
      '--image',
      NODE_IMAGE,
      '--wait',
      '5m',
    ]);
  else show('kind', ['export', 'kubeconfig', '--name', KIND_NAME]);
  loadServiceImages(ROOT);
  pushHead();
  const hosts = sourceHosts();
  const proxy = await startHost(hosts);
  // The same steps as Terraform's: bootstrap/modules/argocd.
  step('install', installManifest());
  useHost(proxy, hosts);
  step('hand-over', { DIST });
  const api = connectApi();
  await settled(api, SETTLED_WITHIN, console.log);
  api.close();
}

/** Removes the cluster, its Git host and its files. */
export function down(): void {
  requirePrograms();
  stopHost();
  show('kind', ['delete', 'cluster', '--name', KIND_NAME]);
  rmSync(FOLDER, { recursive: true, force: true });
}

/** @throws Fault if the cluster is not there */
export function requireCluster(): void {
  requirePrograms();
  if (!exists() || !existsSync(KUBECONFIG))
    throw new Fault({ what: `the cluster ${KIND_NAME} is not there`, where: 'kind', fix: 'npm run kind -- up' });
}

/** The repository that Argo CD syncs from. @returns its folder */
export function remote(): string {
  const hosts = new GitHosts(join(FOLDER, 'git'));
  const path = hosts.pathOf(repository.url);
  return existsSync(join(path, 'HEAD')) ? path : hosts.create(repository.url, repository.revision);
}

/** Pushes the checkout's HEAD to it, and publishes it. */
export function pushHead(): void {
  git(ROOT, 'push', '--quiet', '--force', remote(), `HEAD:refs/heads/${repository.revision}`);
  const hosts = new GitHosts(join(FOLDER, 'git'));
  const { url, revision } = sourceOf(repository, CLUSTER);
  if (!existsSync(join(hosts.pathOf(url), 'HEAD'))) hosts.create(url, revision);
  publish(hosts, repository, CLUSTER);
}

/** Makes Argo CD compare all Applications with the repository at once: no webhook reaches it. */
export function refresh(): void {
  output('kubectl', [
    '--namespace',
    'argocd',
    'annotate',
    'applications',
    '--all',
    '--overwrite',
    'argocd.argoproj.io/refresh=normal',
  ]);
}

/** The cluster's API, as an administrator whose token ends by itself. */
export function connectApi(): Api {
  const account = { name: MANAGER, namespace: 'kube-system' };
  apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: MANAGER },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
  );
  const config = JSON.parse(output('kubectl', ['config', 'view', '--raw', '--minify', '--output', 'json'])) as unknown;
  const about = (field: string): string => textAt(config, 'clusters', 0, 'cluster', field) ?? '';
  return new Api({
    server: about('server'),
    ca: Buffer.from(about('certificate-authority-data'), 'base64').toString(),
    token: output('kubectl', [
      '--namespace',
      account.namespace,
      'create',
      'token',
      account.name,
      '--duration=12h',
    ]).trim(),
  });
}

/** Waits until every Application of dist is Synced and Healthy. @throws Fault naming those that are not */
export async function settled(api: Api, seconds: number, say: (line: string) => void = () => undefined): Promise<void> {
  const names = readManifests(join(DIST, 'applications'))
    .filter(({ kind }) => kind === 'Application')
    .map(({ metadata }) => metadata.name);
  const until = Date.now() + seconds * 1000;
  for (let before = -1; ;) {
    // The API server is unavailable for a moment while its node is busy.
    const statuses = new Map((await applicationStatuses(api).catch(() => [])).map((one) => [one.name, one]));
    const open = names.filter((name) => !isSettled(statuses.get(name) ?? MISSING));
    if (open.length !== before)
      say(`${names.length - open.length} of ${names.length} Applications are Synced and Healthy`);
    before = open.length;
    if (open.length === 0) return;
    if (Date.now() > until)
      throw new Fault({
        what: `after ${seconds} s not every Application is Synced and Healthy`,
        where: KIND_NAME,
        seen: open
          .map((name) => statuses.get(name) ?? { ...MISSING, name })
          .map(({ name, sync, health, message }) => `${name}: ${sync}, ${health} ${message}`)
          .join('\n        '),
        fix: `KUBECONFIG=${KUBECONFIG} kubectl get pods --all-namespaces`,
      });
    await pause(1000);
  }
}

/** What `step.sh install` needs: where upstream's manifest is, and the sum that was reviewed. */
export function installManifest(): { readonly MANIFEST: string; readonly MANIFEST_SHA256: string } {
  const rendered = JSON.parse(readFileSync(join(ROOT, 'dist', CLUSTER, TERRAFORM_INPUT), 'utf8')) as unknown;
  const argoCd = (...path: readonly string[]): string => textAt(rendered, 'argoCd', ...path) ?? '';
  const file = 'manifests/install.yaml';
  return {
    MANIFEST: `https://raw.githubusercontent.com/argoproj/argo-cd/${argoCd('version')}/${file}`,
    MANIFEST_SHA256: argoCd('files', file),
  };
}

/** Hosts of all repositories that Applications sync from. */
export function sourceHosts(): string[] {
  const all = readManifests(join(DIST, 'applications')).flatMap(({ spec }) => {
    const { source, sources } = (spec ?? {}) as Readonly<Record<'source' | 'sources', unknown>>;
    return [source, ...(Array.isArray(sources) ? (sources as unknown[]) : [])];
  });
  const urls = all.map((source) => textAt(source, 'repoURL')).filter((url) => url?.startsWith('https://'));
  return [...new Set(urls.map((url) => new URL(url!).host))].toSorted();
}

const MISSING = { name: '', sync: 'Missing', health: 'Missing', busy: false, message: '' };

function exists(): boolean {
  return output('kind', ['get', 'clusters']).split('\n').includes(KIND_NAME);
}

function step(name: string, env: NodeJS.ProcessEnv): void {
  show('bash', ['bootstrap/modules/argocd/step.sh', name], { ...env, KUBECONFIG_PATH: KUBECONFIG });
}

/** Starts the Git host, which outlives this process. @returns the proxy's URL as pods reach it */
async function startHost(hosts: readonly string[]): Promise<string> {
  stopHost();
  const address = addressForNodes();
  const log = openSync(join(FOLDER, 'host.log'), 'a');
  const child = fork(join(import.meta.dirname, 'host.ts'), [address, ...hosts], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  const port = await Promise.race([
    once(child, 'message').then(([value]) => value as number),
    once(child, 'exit').then(() => {
      throw new Error(`the Git host has ended: see ${join(FOLDER, 'host.log')}`);
    }),
  ]);
  writeFileSync(PROCESS, String(child.pid));
  child.disconnect();
  child.unref();
  return `http://${address}:${port}`;
}

function stopHost(): void {
  if (!existsSync(PROCESS)) return;
  try {
    process.kill(Number(readFileSync(PROCESS, 'utf8')), 'SIGTERM');
  } catch {
    // It has ended with the machine's last start.
  }
  rmSync(PROCESS);
}

/** This machine's address as nodes see it: Docker Desktop has a name for it, elsewhere it is their network's gateway. */
function addressForNodes(): string {
  try {
    const found = output('docker', [
      'exec',
      `${KIND_NAME}-control-plane`,
      'getent',
      'ahostsv4',
      'host.docker.internal',
    ]);
    return found.split(/\s/, 1)[0]!;
  } catch {
    const gateways = output('docker', [
      'network',
      'inspect',
      'kind',
      '--format',
      '{{range .IPAM.Config}}{{.Gateway}} {{end}}',
    ]);
    const gateway = gateways.split(/\s/).find((one) => /^[\d.]+$/.test(one));
    if (gateway) return gateway;
    throw new Error(`Docker's network kind has no IPv4 gateway: ${gateways}`);
  }
}

/** Makes Argo CD's repo server ask the Git host, and trust it for these hosts. */
function useHost(proxy: string, hosts: readonly string[]): void {
  const ca = readFileSync(join(FOLDER, 'pki', 'ca.crt'), 'utf8');
  apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-tls-certs-cm', namespace: 'argocd' },
    data: Object.fromEntries(hosts.map((host) => [host, ca])),
  });
  const server = ['--namespace', 'argocd', 'deployment/argocd-repo-server'];
  show('kubectl', ['set', 'env', ...server, `HTTPS_PROXY=${proxy}`, 'NO_PROXY=127.0.0.1,localhost,.svc']);
  show('kubectl', ['rollout', 'status', ...server, '--timeout=5m']);
}

function apply(...objects: readonly object[]): void {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  output(
    'kubectl',
    ['apply', '--server-side', '--force-conflicts', `--field-manager=${MANAGER}`, '--filename', '-'],
    list,
  );
}
