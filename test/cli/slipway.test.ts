import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../cli/main.ts';

const repository = join(import.meta.dirname, '..', '..');

/** A copy of the repository that a test may spoil. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  for (const part of ['charts', 'clusters', 'cli', 'dist', 'package.json', 'cdk8s.yaml', 'tsconfig.json'])
    cpSync(join(repository, part), join(root, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
});

afterEach(() => {
  rmSync(join(root, 'dist'), { recursive: true });
  cpSync(join(repository, 'dist'), join(root, 'dist'), { recursive: true });
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs the command line as a person does, in the copy. */
function slipway(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, ['cli/slipway.mjs', ...args], { cwd: root, encoding: 'utf8' });
  return { code, stdout, stderr };
}

/** Runs it in this process, in the repository itself: for what changes nothing, and much faster. */
async function inProcess(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  const code = await main(args, repository);
  for (const spy of spies) spy.mockRestore();
  return { code, ...written };
}

/** Every file below a folder, with its content. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  );
}

/** Puts other text into a file of the copy for as long as a test takes. */
function spoiling<T>(file: string, change: (text: string) => string, during: () => T): T {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  try {
    return during();
  } finally {
    writeFileSync(path, before);
  }
}

describe('slipway synth', () => {
  it('changes nothing in the dist that is committed', () => {
    const { code, stdout } = slipway('synth');
    expect(stdout).toMatch(/^4 clusters, \d+ files: \d+ unchanged \(\d+ ms\)\n$/);
    expect(code).toBe(0);
  });

  it('renders only the cluster that was asked for', () => {
    const lost = join(root, 'dist', 'staging-aks', 'whoami', 'Service.whoami.yaml');
    rmSync(lost);
    expect(slipway('synth', 'local').stdout).toMatch(/^1 cluster, \d+ files: \d+ unchanged/);
    expect(slipway('synth', 'staging-aks').stdout).toMatch(/^1 cluster, \d+ files: 1 added, \d+ unchanged/);
    expect(readFileSync(lost, 'utf8')).toContain('kind: Service');
  });

  it('renders an edit of one component into that component alone', () => {
    const before = contents(join(root, 'dist'));
    spoiling(
      'clusters/staging-aks/cluster.ts',
      (text) => text.replace('whoami: {}', 'whoami: { replicas: 3 }'),
      () => slipway('synth'),
    );
    const after = contents(join(root, 'dist'));
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([
      'staging-aks/whoami/Deployment.whoami.yaml',
    ]);
  });

  it('leaves dist as it was if one of the clusters is wrong', () => {
    const before = contents(join(root, 'dist'));
    const { code, stderr } = spoiling(
      'clusters/staging-aks/cluster.ts',
      (text) => text.replace('whoami: {}', 'whoami: { replicsa: 3 }'),
      () => slipway('synth'),
    );
    expect(stderr).toMatch(
      /^error: unknown field "services.whoami.replicsa"\n {2}at: {3}clusters\/staging-aks\/cluster.ts:\d+\n {2}seen: 3\n {2}fix: {2}did you mean "replicas"\?\n$/,
    );
    expect(code).toBe(1);
    expect(contents(join(root, 'dist'))).toEqual(before);
  });

  it('tells the mistakes of every cluster at once', () => {
    const drop = (text: string): string => text.replace('"traefik"', '"treafik"');
    const { stderr } = spoiling('clusters/local/pins.json', drop, () =>
      spoiling('clusters/staging-aks/pins.json', drop, () => slipway('synth')),
    );
    expect(stderr).toContain('clusters/local/pins.json');
    expect(stderr).toContain('clusters/staging-aks/pins.json');
  });

  it('says where the syntax of a cluster file is wrong', () => {
    const { code, stderr } = spoiling(
      'clusters/local/cluster.ts',
      (text) => text.replace("cloud: 'kind',", "cloud: 'kind'"),
      () => slipway('synth'),
    );
    expect(stderr).toMatch(/^error: .*\n {2}at: {3}clusters\/local\/cluster\.ts:\d+\n {2}seen: /);
    expect(code).toBe(1);
  });

  it.each([
    [
      ['synth', 'stagin-aks'],
      'error: there is no cluster "stagin-aks"\n  at:   the command line\n  seen: stagin-aks\n  fix:  did you mean "staging-aks"?\n',
    ],
    [
      ['snyth'],
      'error: there is no command "snyth"\n  at:   the command line\n  seen: snyth\n  fix:  did you mean "synth"?\n',
    ],
    [
      ['synth', '--chekc'],
      'error: synth has no option "--chekc"\n  at:   the command line\n  seen: --chekc\n  fix:  did you mean "--check"?\n',
    ],
    [['order'], 'error: order takes one cluster\n  at:   the command line\n  fix:  slipway order CLUSTER\n'],
  ])('%j is a mistake in one message', async (args, message) => {
    const { code, stderr } = await inProcess(...args);
    expect(stderr).toBe(message);
    expect(code).toBe(1);
  });

  it('shows the stack if asked', () => {
    expect(slipway('synth', 'nowhere', '--trace').stderr).toMatch(/ {4}at .*load\.ts/);
  });
});

describe('slipway synth --check', () => {
  it('says that all is well', () => {
    const { code, stdout } = slipway('synth', '--check');
    expect(stdout).toMatch(/^4 clusters, \d+ files: dist is what is rendered\n$/);
    expect(code).toBe(0);
  });

  it('lists stale, missing and extra files, and writes nothing', () => {
    const dist = join(root, 'dist', 'local');
    writeFileSync(join(dist, 'left-over.yaml'), 'kind: Left');
    writeFileSync(join(dist, 'whoami', 'Service.whoami.yaml'), 'edited');
    rmSync(join(dist, 'whoami', 'Namespace.whoami.yaml'));
    const before = contents(dist);
    const { code, stderr } = slipway('synth', '--check');
    expect(stderr).toContain(
      'error: dist is not what is rendered: 3 files\n  stale:   local/whoami/Service.whoami.yaml\n  missing: local/whoami/Namespace.whoami.yaml\n  extra:   local/left-over.yaml\n',
    );
    expect(code).toBe(1);
    expect(contents(dist)).toEqual(before);
  });
});

describe('cdk8s synth', () => {
  it('gives the same bytes', () => {
    const before = contents(join(root, 'dist'));
    const { status, stdout } = spawnSync(join(root, 'node_modules', '.bin', 'cdk8s'), ['synth'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout).toContain('dist/staging-aks/whoami/Service.whoami.yaml');
    expect(status).toBe(0);
    expect(contents(join(root, 'dist'))).toEqual(before);
  });
});

describe('slipway order', () => {
  it('gives the reason for every step', async () => {
    const { stdout } = await inProcess('order', 'staging-aks');
    expect(stdout).toMatch(/\n {2}0 {2}cert-manager-crds\n/);
    expect(stdout).toContain('after gateway: HTTPRoute whoami/whoami needs the controller of HTTPRoute');
  });

  it('draws the picture that the documentation shows', async () => {
    const { stdout } = await inProcess('order', 'staging-aks', '--mermaid');
    expect(readFileSync(join(repository, 'docs', 'order.md'), 'utf8')).toContain(`\`\`\`mermaid\n${stdout}\`\`\``);
  });
});

describe('slipway synth --watch', () => {
  it('renders on every save, goes on after a mistake, and ends on Ctrl-C', async () => {
    const child = spawn(process.execPath, ['cli/slipway.mjs', 'synth', '--watch', 'local'], { cwd: root });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const seen = async (text: RegExp): Promise<void> => {
      await expect.poll(() => output, { timeout: 20_000 }).toMatch(text);
      output = '';
    };
    const file = join(root, 'clusters', 'local', 'cluster.ts');
    const before = readFileSync(file, 'utf8');
    try {
      await seen(/unchanged/);
      writeFileSync(file, before.replace('whoami: {', 'whoam: {'));
      await seen(/the version of "whoam" is not pinned/);
      writeFileSync(file, before.replace('whoami: { replicas: 1 }', 'whoami: { replicas: 2 }'));
      // Two pods have a disruption budget.
      await seen(/1 added, 1 changed/);
    } finally {
      writeFileSync(file, before);
      const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
      child.kill('SIGINT');
      expect(await ended).toBe(0);
    }
  });
});
