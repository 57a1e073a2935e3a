import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, describe, it, vi } from 'vitest';
import { clusterNames } from '../../cli/load.ts';
import { checkDist } from '../../cli/check-dist.ts';
import { repository as synced } from '../../clusters/fleet.ts';
import { importerOf, REPOSITORY } from '../lib/load-fleet.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

const repository = await TemporaryRepository.make();
const all = clusterNames(repository.root).length;

afterEach(() => repository.restore());
afterAll(() => repository.remove());

describe('slipway synth', () => {
  it('changes nothing if dist is up to date', () => {
    const { code, stdout } = repository.spawn(['synth']);
    expect(stdout).toMatch(
      new RegExp(String.raw`^test-aks, .*\n${all} clusters, \d+ files: \d+ unchanged \(\d+ ms\)\n$`),
    );
    expect(code).toBe(0);
  });

  it('renders only the given cluster', async () => {
    const removed = join(repository.dist, 'test-aks', 'hello', 'Service.hello.yaml');
    rmSync(removed);
    expect((await repository.run('synth', 'test-kind')).stdout).toMatch(/^1 cluster, \d+ files: \d+ unchanged/m);
    expect((await repository.run('synth', 'test-aks')).stdout).toMatch(
      /^1 cluster, \d+ files: 1 added, \d+ unchanged/m,
    );
    expect(readFileSync(removed, 'utf8')).toContain('kind: Service');
  });

  it('changes only the files of the component whose section was edited', async () => {
    const before = repository.contents();
    await repository.spoiling(
      'clusters/test-aks/cluster.ts',
      (text) => text.replace('hello: {}', 'hello: { replicas: 3 }'),
      () => repository.run('synth'),
    );
    const after = repository.contents();
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([
      'test-aks/hello/Deployment.hello.yaml',
    ]);
  });

  it('reports an unknown field with file and line, and leaves dist unchanged', async () => {
    const before = repository.contents();
    const { code, stderr } = await repository.spoiling(
      'clusters/test-aks/cluster.ts',
      (text) => text.replace('hello: {}', 'hello: { replicsa: 3 }'),
      () => repository.run('synth'),
    );
    expect(stderr).toMatch(
      /^error: unknown field "services.hello.replicsa"\n {2}at: {3}clusters\/test-aks\/cluster.ts:\d+\n {2}seen: 3\n {2}fix: {2}did you mean "replicas"\?\n$/,
    );
    expect(code).toBe(1);
    expect(repository.contents()).toEqual(before);
  });

  it('reports the mistakes of all clusters at once', async () => {
    const drop = (text: string): string => text.replace('"traefik"', '"treafik"');
    const [first, second] = ['clusters/pins/first/gateway.json', 'clusters/pins/second/gateway.json'];
    const { stderr } = await repository.spoiling(first, drop, () =>
      repository.spoiling(second, drop, () => repository.run('synth')),
    );
    expect(stderr).toContain(first);
    expect(stderr).toContain(second);
  });

  it('reports a syntax error in a cluster file with file and line', async () => {
    const { code, stderr } = await repository.spoiling(
      'clusters/test-kind/cluster.ts',
      (text) => text.replace("cloud: 'kind',", "cloud: 'kind'"),
      () => repository.spawn(['synth']),
    );
    expect(stderr).toMatch(/^error: .*\n {2}at: {3}clusters\/test-kind\/cluster\.ts:\d+\n {2}seen: /);
    expect(code).toBe(1);
  });

  it.each([
    [
      ['synth', 'test-ask'],
      'error: there is no cluster "test-ask"\n  at:   the command line\n  seen: test-ask\n  fix:  did you mean "test-aks"?\n',
    ],
    [
      ['snyth'],
      'error: there is no command "snyth"\n  at:   the command line\n  seen: snyth\n  fix:  did you mean "synth"?\n',
    ],
    [
      ['synth', '--chekc'],
      'error: synth has no option "--chekc"\n  at:   the command line\n  seen: --chekc\n  fix:  did you mean "--check"?\n',
    ],
    [
      ['order'],
      'error: order takes one cluster\n  at:   the command line\n  seen: nothing\n  fix:  write slipway order CLUSTER\n',
    ],
  ])('%j reports one error', async (args, message) => {
    const { code, stderr } = await repository.run(...args);
    expect(stderr).toBe(message);
    expect(code).toBe(3);
  });

  it('--trace prints the stack trace', () => {
    expect(repository.spawn(['synth', 'nowhere', '--trace']).stderr).toMatch(/ {4}at .*cluster-folders\.ts:\d+/);
  });
});

/** Names every CommonJS module that is loaded, when the process ends. */
const NAME_LOADED =
  "import m from 'node:module'; process.on('exit', () => console.error('loaded:' + Object.keys(m._cache).join(':')))";

describe('cdk8s, which takes a third of a second', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['synth', true],
    ['plan', false],
  ])('%s loads it: %s', (subcommand, isLoaded) => {
    vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(NAME_LOADED)}`);
    const [, loaded = ''] = repository.spawn([subcommand]).stderr.split('loaded:');
    expect(loaded).toContain('/esbuild/');
    expect(loaded.includes('/cdk8s')).toBe(isLoaded);
  });
});

describe('three runs of slipway synth at once', () => {
  it('write what one writes, and leave nothing', async () => {
    await repository.spoiling(
      'clusters/test-aks/cluster.ts',
      (text) => text.replace('hello: {}', 'hello: { replicas: 3 }'),
      async () => {
        const children = [1, 2, 3].map(() => repository.start('synth'));
        const codes = await Promise.all(
          children.map((child) => new Promise((resolve) => child.once('exit', (code) => resolve(code)))),
        );
        expect(codes).toEqual([0, 0, 0]);
        expect((await repository.run('synth', '--check')).code).toBe(0);
        expect(readdirSync(repository.root).filter((name) => name.startsWith('.slipway'))).toEqual([]);
      },
    );
  });
});

describe('a folder to render into', () => {
  it.each(['.', '..', ''])('"%s" must not have the repository in it: nothing is removed', (folder) => {
    const { status, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', 'synth'], {
      cwd: repository.root,
      encoding: 'utf8',
      env: { ...process.env, CDK8S_OUTDIR: folder },
    });
    // An empty one is the default.
    expect(status).toBe(folder === '' ? 0 : 1);
    expect(stderr).toMatch(folder === '' ? /^$/ : /^error: the folder to render into has the repository in it/);
    expect(existsSync(join(repository.root, 'clusters/test-kind/cluster.ts'))).toBe(true);
  });
});

describe('slipway synth --check', () => {
  it('succeeds if dist is up to date', async () => {
    const { code, stdout } = await repository.run('synth', '--check');
    expect(stdout).toMatch(new RegExp(String.raw`^${all} clusters, \d+ files: dist is up to date\n$`));
    expect(code).toBe(0);
  });

  it('lists stale, missing and extra files, and writes nothing', async () => {
    repository.put('dist/test-kind/left-over.yaml', 'kind: Left');
    repository.put('dist/test-kind/hello/Service.hello.yaml', 'edited');
    rmSync(join(repository.dist, 'test-kind', 'hello', 'Namespace.hello.yaml'));
    const before = repository.contents();
    const { code, stderr } = await repository.run('synth', '--check');
    expect(stderr).toContain(
      'error: dist is out of date: 3 files\n  stale:   test-kind/hello/Service.hello.yaml\n  missing: test-kind/hello/Namespace.hello.yaml\n  extra:   test-kind/left-over.yaml\n',
    );
    expect(code).toBe(2);
    expect(repository.contents()).toEqual(before);
  });
});

describe('the committed dist', () => {
  it('is up to date', async () => {
    const workspace = {
      root: REPOSITORY,
      dist: join(REPOSITORY, 'dist'),
      repository: synced,
      importer: importerOf(REPOSITORY),
    };
    const count = clusterNames(REPOSITORY).length;
    expect((await checkDist(workspace, [])).text).toMatch(
      new RegExp(`^${count} clusters?, \\d+ files: dist is up to date$`),
    );
  });
});

describe('cdk8s synth', () => {
  it('renders the same bytes', () => {
    const before = repository.contents();
    const { status, stdout } = spawnSync(join(repository.root, 'node_modules', '.bin', 'cdk8s'), ['synth'], {
      cwd: repository.root,
      encoding: 'utf8',
    });
    expect(stdout).toContain('dist/test-aks/hello/Service.hello.yaml');
    expect(status).toBe(0);
    expect(repository.contents()).toEqual(before);
  });
});

describe('slipway order', () => {
  it('prints the level of each component and the reason for it', async () => {
    const { stdout } = await repository.run('order', 'test-aks');
    expect(stdout).toMatch(/\n {2}0 {2}cert-manager-crds\n/);
    expect(stdout).toContain('after gateway: HTTPRoute hello/hello needs the controller of HTTPRoute');
  });

  // Which is that of a cluster with Postfacto.
  it.runIf(existsSync(join(REPOSITORY, 'charts', 'components', 'postfacto')))(
    '--mermaid prints the diagram of docs/order.md',
    async () => {
      const { stdout } = await repository.run('order', 'test-eks', '--mermaid');
      expect(readFileSync(join(REPOSITORY, 'docs', 'order.md'), 'utf8')).toContain(`\`\`\`mermaid\n${stdout}\`\`\``);
    },
  );
});

describe('slipway synth --watch', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'renders on every save, continues after an error, and exits with 0 on %s',
    async (signal) => {
      const child = repository.start('synth', '--watch', 'test-kind');
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString()));
      child.stderr.on('data', (data: Buffer) => (output += data.toString()));
      const seen = async (text: RegExp): Promise<void> => {
        await expect.poll(() => output, { timeout: 40_000 }).toMatch(text);
        output = '';
      };
      const file = 'clusters/test-kind/cluster.ts';
      const before = repository.read(file);
      try {
        await seen(/unchanged/);
        repository.put(file, before.replace('hello: {', 'helo: {'));
        await seen(/the version of "helo" is not pinned/);
        repository.put(file, before.replace('replicas: 1,\n      env', 'replicas: 2,\n      env'));
        // With two replicas a PodDisruptionBudget is added.
        await seen(/1 added, 1 changed/);
      } finally {
        repository.put(file, before);
        const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
        child.kill(signal);
        expect(await ended).toBe(0);
      }
    },
  );
});
