import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { RING_PINS } from '../../cli/pin-files.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { installManifest, sourceHosts } from './cluster.ts';
import { parse } from './command-line.ts';
import { either } from './host.ts';
import { serviceImages } from './images.ts';
import { CLUSTER, NODE_IMAGE, ROOT } from './place.ts';
import { requirePrograms } from './programs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'slipway-kind-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with programs that do what the line says. */
function programs(name: string, lines: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [program, line] of Object.entries(lines))
    writeFileSync(join(folder, program), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return folder;
}

/** A fork may have removed the cluster. */
const cluster = (await loadFleet()).find(({ name }) => name === CLUSTER);
const present = cluster !== undefined;

describe('the command line', () => {
  it('has vitest’s options after test', () => {
    expect(parse(['test', '-t', 'whoami'])).toEqual({ command: 'test', rest: ['-t', 'whoami'] });
  });

  it.each([[[]], [['--help']]])('asks for help with %j', (args) => expect(parse(args)).toBeUndefined());

  it.each([
    [['dwon'], /there is no command "dwon"\n.*\n.*\n.*did you mean "down"\?/],
    [['up', 'local'], /"up" takes no arguments/],
  ])('refuses %j', (args, message) => expect(() => parse(args)).toThrow(message));
});

describe('what must be there', () => {
  const all = Object.fromEntries(
    ['docker', 'kind', 'kubectl', 'git', 'openssl', 'bash', 'curl', 'sha256sum'].map((name) => [name, 'exit 0']),
  );

  it('names every program that is missing', () => {
    expect(() => requirePrograms('')).toThrow(/^a cluster on kind needs docker, kind, kubectl, git/);
    const { kind: _, ...others } = all;
    expect(() => requirePrograms(programs('without-kind', others))).toThrow(/^a cluster on kind needs kind\n/);
  });

  it('is a daemon that answers, too', () => {
    const folder = programs('without-daemon', { ...all, docker: 'echo Cannot connect >&2; exit 1' });
    expect(() => requirePrograms(folder)).toThrow(/^Docker's daemon does not answer\n.*\n  seen: Cannot connect/);
    expect(() => requirePrograms(programs('complete', all))).not.toThrow();
  });

  it('is said by the command in place of a stack trace', () => {
    const args = ['--import', 'tsx', 'test/kind/main.ts', 'up'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env: { PATH: '' }, encoding: 'utf8' });
    expect(stderr).toMatch(/^error: a cluster on kind needs docker/);
    expect(stderr).not.toContain('.ts:');
    expect(status).toBe(1);
  });
});

describe.skipIf(!present)('images', () => {
  /** A checkout with the pins as they are and what dist asks for in the place of them. */
  function checkout(name: string, asked: readonly string[]): string {
    const folder = join(scratch, name);
    cpSync(join(ROOT, RING_PINS), join(folder, RING_PINS), { recursive: true });
    for (const service of Object.keys(pins())) {
      if (!existsSync(join(ROOT, 'apps', service, 'Dockerfile'))) continue;
      cpSync(join(ROOT, 'apps', service, 'Dockerfile'), join(folder, 'apps', service, 'Dockerfile'));
    }
    mkdirSync(join(folder, 'dist', CLUSTER), { recursive: true });
    const containers = asked.map((image, i) => ({ name: `c${i}`, image }));
    writeFileSync(
      join(folder, 'dist', CLUSTER, 'Pod.all.yaml'),
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'all' }, spec: { containers } }),
    );
    return folder;
  }

  it('are built for every service that the cluster runs, with the names and tags of dist', () => {
    const images = serviceImages(ROOT);
    for (const { service, image } of images)
      expect(image).toBe(`${pins()[service]?.packageName}:${pins()[service]?.version}`);
    const dist = execFileSync('grep', ['--recursive', '--no-filename', 'image: ', join(ROOT, 'dist', CLUSTER)]);
    for (const { image } of images) expect(dist.toString()).toContain(`image: ${image}\n`);
  });

  it('of others, and of services that the cluster does not run, are left alone', () => {
    const service = Object.keys(pins()).find((name) => existsSync(join(ROOT, 'apps', name, 'Dockerfile')));
    const own = `${pins()[service!]?.packageName}:9.9.9`;
    expect(serviceImages(checkout('others', ['docker.io/library/mongo:8', own]))).toEqual([{ service, image: own }]);
  });

  it('are refused by digest, which a build cannot have', () => {
    const service = Object.keys(pins()).find((name) => existsSync(join(ROOT, 'apps', name, 'Dockerfile')));
    const image = `${pins()[service!]?.packageName}:1.0.0@sha256:${'0'.repeat(64)}`;
    expect(() => serviceImages(checkout('digest', [image]))).toThrow(/remove the digest of/);
  });

  function pins(): Readonly<Record<string, Pin>> {
    return Object.fromEntries([...cluster!.pins.all()].map(([name, { pin }]) => [name, pin]));
  }
});

describe.skipIf(!present)("Argo CD's manifest", () => {
  it('is of the pinned tag, with the sum that was reviewed', () => {
    const { MANIFEST, MANIFEST_SHA256 } = installManifest();
    expect(MANIFEST).toMatch(/\/argo-cd\/v3\.\d+\.\d+\/manifests\/install\.yaml$/);
    expect(MANIFEST_SHA256).toMatch(/^[a-f0-9]{64}$/);
  });

  it('is not applied if it is another one', () => {
    const file = join(scratch, 'install.yaml');
    writeFileSync(file, 'kind: List\n');
    const calls = join(scratch, 'calls');
    const path = `${programs('kubectl', { kubectl: `echo "$@" >> '${calls}'` })}:${process.env['PATH']}`;
    const { status, stderr } = spawnSync('bash', ['bootstrap/modules/argocd/step.sh', 'install'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...installManifest(), PATH: path, MANIFEST: file, KUBECONFIG_PATH: file },
    });
    expect(status).toBe(1);
    expect(stderr).toContain('is not the file that was pinned');
    expect(existsSync(calls)).toBe(false);
  });
});

describe.skipIf(!present)('the Git host', () => {
  const named =
    (name: string): RequestListener =>
    (_, res) =>
      void res.end(name);
  const server = createServer(either('/example/slipway.git', named('own'), named('real')));
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => void server.close());

  it.each([
    ['/example/slipway.git/info/refs?service=git-upload-pack', 'own'],
    ['/example/slipway/info/refs?service=git-upload-pack', 'own'],
    ['/example/slipway-two.git/info/refs', 'real'],
    ['/argoproj/argo-cd.git/info/refs', 'real'],
  ])('has %s from the %s repository', async (path, from) => {
    expect(await (await fetch(`${url}${path}`)).text()).toBe(from);
  });

  it('stands for all hosts that Applications sync from', () => expect(sourceHosts()).toContain('github.com'));

  it('has nodes of one image, by digest', () =>
    expect(NODE_IMAGE).toMatch(/^kindest\/node:v1\.\d+\.\d+@sha256:[a-f0-9]{64}$/));
});
