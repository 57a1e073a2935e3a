import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, objectIdentity, identityOf, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { TERRAFORM_INPUT } from '../../../charts/render/terraform-input.ts';
import { loadFleet } from '../../lib/load-fleet.ts';
import { readManifests } from '../control-plane.ts';
import { everything, gone } from './everything.ts';
import { type Checkout, Rehearsal, root, say } from './rehearsal.ts';

const run = promisify(execFile);

const CLUSTER = 'test-aks';
const SECRET = '/api/v1/namespaces/argocd/secrets/repository';
const ROOT = ['AppProject', 'Application'].map((kind) => objectIdentity('argoproj.io', kind, 'argocd', 'root'));

/** A root in bootstrap/ with only the argocd module, for an existing API server. */
class Root {
  private readonly folder: string;
  private readonly argocdArguments: Readonly<Record<string, unknown>>;

  constructor(checkout: Checkout, kubeconfig: string) {
    this.folder = join(checkout.folder, 'bootstrap', 'roots', 'rehearsal');
    const { argoCd } = JSON.parse(readFileSync(join(checkout.folder, 'dist', CLUSTER, TERRAFORM_INPUT), 'utf8')) as {
      readonly argoCd: { readonly version: string; readonly files: object };
    };
    this.argocdArguments = {
      cluster: CLUSTER,
      dist: `\${path.root}/../../../dist/${CLUSTER}`,
      kubeconfig_path: kubeconfig,
      argocd_version: argoCd.version,
      manifest_sha256: argoCd.files,
    };
  }

  /** Writes the root, with additional module arguments, and runs `terraform init`. */
  async write(more: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, 'main.tf.json'),
      JSON.stringify({ module: { argocd: { source: '../../modules/argocd', ...this.argocdArguments, ...more } } }),
    );
    await this.terraform('init', '-input=false');
  }

  /** Runs Terraform. @returns its output @throws Error with its output if it fails */
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

let rehearsal: Rehearsal;
let bootstrap: Root;

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  bootstrap = new Root(rehearsal.checkout, rehearsal.lab.plane.kubeconfig);
  await bootstrap.write({ install: false });
  await rehearsal.lab.start(async () => {
    await rehearsal.lab.argo.start();
    const output = await bootstrap.apply();
    expect(output).toContain('2 added, 0 changed, 0 destroyed');
  });
  rehearsal.checkout.connect(rehearsal.lab.remote);
});
afterAll(() => rehearsal?.end());

test('terraform apply creates the root Application, which brings every Application to Synced and Healthy', async () => {
  say(`all Synced and Healthy ${(await rehearsal.lab.settled(300)).toFixed(0)} s after terraform apply`);
  expect((await rehearsal.status('root'))?.sync).toBe('Synced');
  expect(textAt(await rehearsal.application('root'), 'status', 'sync', 'revision')).toBe(
    rehearsal.checkout.git('rev-parse', 'HEAD').trim(),
  );
});

test('a second terraform apply changes nothing', async () => {
  // The generation also counts what Argo CD writes: an Application's status is not a subresource.
  const written = async () => {
    const application = await rehearsal.application('root');
    const writes = listAt(application, 'metadata', 'managedFields');
    return [at(application, 'spec'), ...writes.filter((write) => !textAt(write, 'manager')?.startsWith('argocd'))];
  };
  const before = await written();
  expect(before.length).toBeGreaterThan(1);
  // Exit code 2 would mean pending changes.
  await bootstrap.terraform('plan', '-input=false', '-detailed-exitcode');
  expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  expect(await written()).toEqual(before);
});

test('the repository credential is copied to the cluster but not to the state, and fetched again for a new version', async () => {
  const { api } = rehearsal.lab.plane;
  const file = rehearsal.checkout.siblingPath('credential.json');
  const credential = (version: string) => ({
    install: false,
    repository_credential: { command: ['cat', file], version },
  });
  const password = async () =>
    Buffer.from(textAt(await api.get(SECRET), 'data', 'password') ?? '', 'base64').toString();
  for (const [version, expected] of [
    ['1', 'first-password'],
    ['2', "second 'password'"],
  ] as const) {
    writeFileSync(file, JSON.stringify({ username: 'slipway', password: expected }), { mode: 0o600 });
    await bootstrap.write(credential(version));
    const output = await bootstrap.apply();
    expect(await password()).toBe(expected);
    expect(`${output}${bootstrap.state}`).not.toContain(expected);
    expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  }
  expect(Buffer.from(textAt(await api.get(SECRET), 'data', 'url') ?? '', 'base64').toString()).toBe(
    textAt(await rehearsal.application('root'), 'spec', 'source', 'repoURL'),
  );
  writeFileSync(file, 'not JSON: a-secret-word');
  await bootstrap.write(credential('3'));
  await expect(bootstrap.apply()).rejects.toThrow(/did not print a JSON object(?!.*a-secret-word)/s);
  writeFileSync(file, JSON.stringify({ username: 'slipway', password: 'third-password' }));
  await bootstrap.apply();
  expect(await password()).toBe('third-password');
});

test('terraform destroy removes only its own objects; the next apply adopts the others', async () => {
  const { api } = rehearsal.lab.plane;
  await rehearsal.lab.settled(120);
  const before = await everything(api);
  expect(before.size).toBeGreaterThan(readManifests(join(rehearsal.checkout.folder, 'dist', CLUSTER)).length);
  await bootstrap.destroy();
  // Time for Argo CD to prune, if it wrongly did.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(gone(before, await everything(api))).toEqual(
    [...ROOT, objectIdentity('', 'Secret', 'argocd', 'repository')].toSorted(),
  );
  await bootstrap.write({ install: false });
  await bootstrap.apply();
  say(`all Synced and Healthy ${(await rehearsal.lab.settled(180)).toFixed(0)} s after it was applied again`);
  expect(gone(before, await everything(api)).filter((one) => !ROOT.includes(one))).toEqual([
    objectIdentity('', 'Secret', 'argocd', 'repository'),
  ]);
});

test("terraform apply installs Argo CD's upstream manifest at the pinned version without a Pod Security warning; destroy removes it", async () => {
  const { api } = rehearsal.lab.plane;
  const { file, sha256 } = await upstreamManifest();
  const manifest = (loadAll(readFileSync(file, 'utf8')) as (Manifest | null)[]).filter(
    (object): object is Manifest => textAt(object, 'kind') !== undefined,
  );
  // Created by an init container, which does not run in simulated pods.
  await api.apply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-redis', namespace: 'argocd' },
      stringData: { auth: 'auth' },
    },
    { manager: 'argocd' },
  );
  const before = await everything(api);
  const step = join(rehearsal.checkout.folder, 'bootstrap', 'modules', 'argocd', 'step.sh');
  const access = { KUBECONFIG_PATH: rehearsal.lab.plane.kubeconfig, MANIFEST: file, MANIFEST_SHA256: '0'.repeat(64) };
  await expect(run('bash', [step, 'install'], { env: { ...process.env, ...access } })).rejects.toThrow(
    'is not the file that was pinned',
  );
  expect(gone(await everything(api), before)).toEqual([]);
  await bootstrap.write({ install_manifest: { location: file, sha256 } });
  const output = await bootstrap.apply();
  expect(output).toContain('1 added, 1 changed, 0 destroyed');
  expect(output).not.toMatch(/warning/i);
  expect(await bootstrap.apply()).toContain('0 added, 0 changed, 0 destroyed');
  // The settings survive the install manifest's empty ConfigMap.
  expect(
    textAt(
      await api.get('/api/v1/namespaces/argocd/configmaps/argocd-cm'),
      'data',
      'resource.customizations.health.argoproj.io_Application',
    ),
  ).toContain('not synced yet');
  const installed = await everything(api);
  const upstream = manifest
    .filter(({ kind }) => kind !== 'CustomResourceDefinition')
    .map((object) => identityOf(namespaced(object)));
  expect(upstream.filter((one) => !installed.has(one))).toEqual([]);
  await bootstrap.destroy();
  const removed = gone(installed, await everything(api));
  expect(removed.filter((one) => !upstream.includes(one) && !ROOT.includes(one))).toEqual([]);
  expect([...upstream, ...ROOT].filter((one) => !removed.includes(one))).toEqual([]);
  expect(gone(before, await everything(api)).filter((one) => !upstream.includes(one) && !ROOT.includes(one))).toEqual(
    [],
  );
});

/**
 * The manifest that the module installs by default, from the Go module that the lab's Argo CD is built from, and its
 * SHA-256 as it is pinned.
 */
async function upstreamManifest(): Promise<{ readonly file: string; readonly sha256: string }> {
  const cwd = join(root, 'test', 'lab', 'modules', 'control-plane');
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  const { stdout } = await run('go', ['mod', 'download', '-json', 'github.com/argoproj/argo-cd/v3'], { cwd, env });
  const { Dir, Version } = JSON.parse(stdout) as { Dir: string; Version: string };
  // Of a cluster of the repository: Renovate moves its version together with the lab's.
  const [cluster] = await loadFleet();
  const pin = cluster?.pins.of('argo-cd').tag('argo-cd');
  expect(pin?.version).toBe(Version);
  const path = 'manifests/ha/install.yaml';
  return { file: join(Dir, path), sha256: pin?.files?.[path] ?? '' };
}

/** Adds the namespace of the installation to namespaced objects without one. */
function namespaced(object: Manifest): Manifest {
  return object.kind.startsWith('Cluster')
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'argocd' } };
}
