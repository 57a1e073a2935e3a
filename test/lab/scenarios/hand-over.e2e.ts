import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectIdentity, identityOf, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { readManifests } from '../control-plane.ts';
import { everything, gone } from './everything.ts';
import { type Checkout, Rehearsal, root, say } from './rehearsal.ts';

const run = promisify(execFile);

const CLUSTER = 'staging-aks';
const SECRET = '/api/v1/namespaces/argocd/secrets/repository';
const ROOT = ['AppProject', 'Application'].map((kind) => objectIdentity('argoproj.io', kind, 'argocd', 'root'));

/** A root of bootstrap/ with the argocd module alone, on an API server that is there already. */
class Root {
  private readonly folder: string;
  private readonly argument: Readonly<Record<string, unknown>>;

  constructor(checkout: Checkout, kubeconfig: string) {
    this.folder = join(checkout.folder, 'bootstrap', 'roots', 'rehearsal');
    const pins = JSON.parse(readFileSync(join(checkout.folder, 'clusters', CLUSTER, 'pins.json'), 'utf8')) as Record<
      string,
      { version: string }
    >;
    this.argument = {
      cluster: CLUSTER,
      dist: `\${path.root}/../../../dist/${CLUSTER}`,
      kubeconfig_path: kubeconfig,
      argocd_version: pins['argo-cd']?.version,
    };
  }

  /** Writes it, with more arguments of the module, and has Terraform read it. */
  async write(more: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, 'main.tf.json'),
      JSON.stringify({ module: { argocd: { source: '../../modules/argocd', ...this.argument, ...more } } }),
    );
    await this.terraform('init', '-input=false');
  }

  /** Runs Terraform. @returns what it said @throws Error with that if it fails */
  async terraform(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('terraform', [`-chdir=${this.folder}`, command, '-no-color', ...args], {
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  }

  apply(): Promise<string> {
    return this.terraform('apply', '-auto-approve', '-input=false');
  }

  destroy(): Promise<string> {
    return this.terraform('destroy', '-auto-approve', '-input=false');
  }

  get state(): string {
    return readFileSync(join(this.folder, 'terraform.tfstate'), 'utf8');
  }
}

let it: Rehearsal;
let bootstrap: Root;

beforeAll(async () => {
  it = await Rehearsal.of(CLUSTER);
  bootstrap = new Root(it.checkout, it.lab.plane.kubeconfig);
  await bootstrap.write({ install: false });
  await it.lab.start(async () => {
    await it.lab.argo.start();
    const said = await bootstrap.apply();
    expect(said).toContain('2 added, 0 changed, 0 destroyed');
  });
  it.checkout.connect(it.lab.remote);
});
afterAll(() => it?.end());

test('the root Application appears, syncs, and brings all up', async () => {
  say(`all Synced and Healthy ${(await it.lab.settled(300)).toFixed(0)} s after terraform apply`);
  expect((await it.standing('root'))?.sync).toBe('Synced');
  expect(textAt(await it.application('root'), 'status', 'sync', 'revision')).toBe(
    it.checkout.git('rev-parse', 'HEAD').trim(),
  );
});

test('a second apply changes nothing', async () => {
  const before = await it.application('root');
  // Exit code 2 would say that there is something to do.
  await bootstrap.terraform('plan', '-input=false', '-detailed-exitcode');
  expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  expect((await it.application('root'))?.metadata.generation).toBe(before?.metadata.generation);
});

test('a repository credential goes to the cluster and not into the state, and is fetched again for another version', async () => {
  const { api } = it.lab.plane;
  const file = it.checkout.beside('credential.json');
  const credential = (version: string) => ({
    install: false,
    repository_credential: { command: ['cat', file], version },
  });
  const held = async () => Buffer.from(textAt(await api.get(SECRET), 'data', 'password') ?? '', 'base64').toString();
  for (const [version, password] of [
    ['1', 'first-password'],
    ['2', "second 'password'"],
  ] as const) {
    writeFileSync(file, JSON.stringify({ username: 'slipway', password }), { mode: 0o600 });
    await bootstrap.write(credential(version));
    const said = await bootstrap.apply();
    expect(await held()).toBe(password);
    expect(`${said}${bootstrap.state}`).not.toContain(password);
    expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  }
  expect(Buffer.from(textAt(await api.get(SECRET), 'data', 'url') ?? '', 'base64').toString()).toBe(
    textAt(await it.application('root'), 'spec', 'source', 'repoURL'),
  );
  writeFileSync(file, 'not JSON: a-secret-word');
  await bootstrap.write(credential('3'));
  await expect(bootstrap.apply()).rejects.toThrow(/did not print a JSON object(?!.*a-secret-word)/s);
  writeFileSync(file, JSON.stringify({ username: 'slipway', password: 'third-password' }));
  await bootstrap.apply();
  expect(await held()).toBe('third-password');
});

test('destroy removes what it made and nothing else; the next apply finds all again', async () => {
  const { api } = it.lab.plane;
  await it.lab.settled(120);
  const before = await everything(api);
  expect(before.size).toBeGreaterThan(readManifests(join(it.checkout.folder, 'dist', CLUSTER)).length);
  await bootstrap.destroy();
  // What Argo CD would still take away, were it told to.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(gone(before, await everything(api))).toEqual(
    [...ROOT, objectIdentity('', 'Secret', 'argocd', 'repository')].toSorted(),
  );
  await bootstrap.write({ install: false });
  await bootstrap.apply();
  say(`all Synced and Healthy ${(await it.lab.settled(180)).toFixed(0)} s after it was applied again`);
  expect(gone(before, await everything(api)).filter((one) => !ROOT.includes(one))).toEqual([
    objectIdentity('', 'Secret', 'argocd', 'repository'),
  ]);
});

test("Argo CD's own manifest is installed at the pinned version, under Pod Security, and taken away again", async () => {
  const { api } = it.lab.plane;
  const file = await upstreamManifest();
  const manifest = (loadAll(readFileSync(file, 'utf8')) as (Manifest | null)[]).filter(
    (object): object is Manifest => textAt(object, 'kind') !== undefined,
  );
  // Its init container writes this one; pods are simulated here.
  await api.apply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-redis', namespace: 'argocd' },
      stringData: { auth: 'auth' },
    },
    { manager: 'argocd' },
  );
  const kept = await everything(api);
  await bootstrap.write({ install_manifest: file });
  const said = await bootstrap.apply();
  expect(said).toContain('1 added, 1 changed, 0 destroyed');
  expect(said).not.toMatch(/warning/i);
  expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  // The settings outlive the installation's empty ConfigMap.
  expect(
    textAt(
      await api.get('/api/v1/namespaces/argocd/configmaps/argocd-cm'),
      'data',
      'resource.customizations.health.argoproj.io_Application',
    ),
  ).toContain('not synced yet');
  const before = await everything(api);
  const made = manifest
    .filter(({ kind }) => kind !== 'CustomResourceDefinition')
    .map((object) => identityOf(namespaced(object)));
  expect(made.filter((one) => !before.has(one))).toEqual([]);
  await bootstrap.destroy();
  const lost = gone(before, await everything(api));
  expect(lost.filter((one) => !made.includes(one) && !ROOT.includes(one))).toEqual([]);
  expect([...made, ...ROOT].filter((one) => !lost.includes(one))).toEqual([]);
  expect(gone(kept, await everything(api)).filter((one) => !made.includes(one) && !ROOT.includes(one))).toEqual([]);
});

/** The manifest that the module installs by default, as it is in Argo CD's Go module: the one that the lab's programs are built from. */
async function upstreamManifest(): Promise<string> {
  const cwd = join(root, 'test', 'lab', 'modules', 'control-plane');
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  const { stdout } = await run('go', ['mod', 'download', '-json', 'github.com/argoproj/argo-cd/v3'], { cwd, env });
  const { Dir, Version } = JSON.parse(stdout) as { Dir: string; Version: string };
  const pins = JSON.parse(readFileSync(join(root, 'clusters', CLUSTER, 'pins.json'), 'utf8')) as Record<
    string,
    { version: string }
  >;
  expect(pins['argo-cd']?.version).toBe(Version);
  return join(Dir, 'manifests', 'ha', 'install.yaml');
}

/** With the namespace that the installation gives what names none. */
function namespaced(object: Manifest): Manifest {
  return object.kind.startsWith('Cluster')
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'argocd' } };
}
