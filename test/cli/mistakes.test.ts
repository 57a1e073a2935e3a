import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../cli/exit.ts';
import { execute } from '../../cli/main.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

const CLUSTER = 'clusters/test-kind/cluster.ts';
const PINS = 'clusters/pins/first/gateway.json';

const repository = await TemporaryRepository.make();
const before = repository.contents();
const files = { [CLUSTER]: repository.read(CLUSTER), [PINS]: repository.read(PINS) };

afterEach(() => {
  for (const [file, text] of Object.entries(files)) {
    rmSync(join(repository.root, file), { recursive: true, force: true });
    repository.put(file, text);
  }
});
afterAll(() => repository.remove());

/** The error of a command in a process of its own, which must change nothing and print no stack trace. */
function errorOf(...args: readonly string[]): string {
  const { code, stdout, stderr } = repository.spawn(args);
  expect(stderr).not.toMatch(/^ +at [\w.]+ \(|bug in Slipway/m);
  expect([code, stdout]).toEqual([EXIT.fault, '']);
  expect(repository.contents()).toEqual(before);
  return stderr;
}

/** The same in this process. */
async function errorHere(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await repository.run(...args);
  expect(stderr).not.toContain('bug in Slipway');
  expect(code).toBe(EXIT.fault);
  return stderr;
}

describe('a cluster file that', () => {
  const NOT_A_CLUSTER = 'fix:  write `export default defineCluster({ … })`';
  const UNFINISHED = 'the cluster file does not finish loading\n  at:   clusters/test-kind/cluster.ts\n  seen: ';

  it.each([
    [
      'throws an error',
      "\nthrow new Error('no luck');",
      'at:   clusters/test-kind/cluster.ts:2\n  seen: Error: no luck\n',
    ],
    [
      'throws text',
      "throw 'no luck';",
      'cannot be loaded: it throws an error\n  at:   clusters/test-kind/cluster.ts\n  seen: no luck\n',
    ],
    [
      'reads a missing file',
      "import { readFileSync } from 'node:fs';\nexport default readFileSync('nowhere');",
      'at:   clusters/test-kind/cluster.ts:2\n  seen: Error: ENOENT',
    ],
    ['has a syntax error', 'export default {', 'fix:  correct the syntax at or just before this place'],
    [
      'imports a missing file',
      "import x from './nowhere.ts';\nexport default x;",
      'Could not resolve "./nowhere.ts"\n  at:   clusters/test-kind/cluster.ts:1\n',
    ],
    [
      'imports a missing package',
      "import x from 'nowhere-package';\nexport default x;",
      'fix:  correct the path, or add the file; if it is a package',
    ],
    ['ends the process with success', 'process.exit(0);', `${UNFINISHED}it ends the process, by process.exit(0)\n`],
    [
      'waits for what never happens',
      'await new Promise(() => {});\nexport default {};',
      `${UNFINISHED}it waits for what never happens\n`,
    ],
    [
      'waits for ever',
      'await new Promise(() => setInterval(() => {}, 1000));\nexport default {};',
      `${UNFINISHED}nothing after 10 s\n`,
    ],
    [
      'imports itself in a circle',
      "import { b } from './b.ts';\nexport const a = () => b();\nexport default { cloud: a() };",
      'Maximum call stack size exceeded\n',
    ],
  ])('%s', (_, text, message) => {
    repository.put(
      'clusters/test-kind/b.ts',
      "import { a } from './cluster.ts';\nexport const b = (): unknown => a();\n",
    );
    repository.put(CLUSTER, text);
    expect(errorOf('synth', 'test-kind')).toContain(message);
    rmSync(join(repository.root, 'clusters/test-kind/b.ts'));
  });

  it.each([
    ['exports null', 'export default null;', `exports null, not a cluster\n  at:   ${CLUSTER}\n  ${NOT_A_CLUSTER}`],
    ['exports a function', 'export default () => ({});', 'exports a function, not a cluster\n'],
    ['exports a promise', 'export default Promise.resolve({});', 'exports a promise, not a cluster\n'],
    ['exports a list', 'export default [];', 'exports a list, not a cluster\n'],
    ['exports a number', 'export default 5;', 'exports a number, not a cluster\n'],
    ['is empty', '', 'the cluster file exports no cluster\n'],
    ['exports only a name', 'export const cluster = {};', 'the cluster file exports no cluster\n'],
  ])('%s', async (_, text, message) => {
    repository.put(CLUSTER, text);
    expect(await errorHere('synth', 'test-kind')).toContain(message);
  });

  it('is a folder', () => {
    rmSync(join(repository.root, CLUSTER));
    mkdirSync(join(repository.root, CLUSTER));
    expect(errorOf('synth')).toMatch(
      /^error: the file cannot be read\n {2}at: {3}clusters\/test-kind\/cluster\.ts\n {2}seen: EISDIR/,
    );
  });

  it('has another name: nothing of the cluster is removed', () => {
    renameSync(join(repository.root, CLUSTER), join(repository.root, 'clusters/test-kind/clusters.ts'));
    expect(errorOf('synth')).toBe(
      'error: the folder of cluster test-kind has facts.json, but no cluster.ts\n  at:   clusters/test-kind\n  fix:  restore or rename it; to remove the cluster, remove its whole folder\n',
    );
    rmSync(join(repository.root, 'clusters/test-kind/clusters.ts'));
  });

  it('has finished, but left a timer: the process ends', () => {
    repository.put(CLUSTER, `${files[CLUSTER]}\nsetInterval(() => {}, 1000);\n`);
    expect(repository.spawn(['synth', 'test-kind']).code).toBe(0);
  });
});

describe('a file of pins that is', () => {
  it.each([
    [
      'a list',
      '[]',
      'the whole value is invalid\n  at:   clusters/pins/first/gateway.json:1\n  seen: []\n  fix:  it must be an object: { … }\n',
    ],
    ['null', 'null', 'the whole value is invalid\n'],
    ['empty', '', 'the file is not JSON'],
    ['half', '{', 'seen: the end of the line\n  fix:  correct the syntax'],
    ['of lists', '{ "traefik": [] }', '"traefik" is invalid\n'],
    [
      'with a byte order mark',
      `\uFEFF${files[PINS]}`,
      'the file is saved with a byte order mark\n  at:   clusters/pins/first/gateway.json\n  seen: bytes ef bb bf at its start\n  fix:  save it as "UTF-8", not as',
    ],
    [
      'misspelt',
      (files[PINS] ?? '').replace('"traefik"', '"treafik"'),
      'fix:  rename "treafik", which nothing uses, to "traefik"',
    ],
  ])('%s', async (_, text, message) => {
    repository.put(PINS, text);
    expect(await errorHere('synth', 'test-kind')).toContain(message);
  });

  it('in UTF-16', async () => {
    rmSync(join(repository.root, PINS));
    spawnSync('iconv', ['-t', 'UTF-16', '-o', join(repository.root, PINS)], { input: files[PINS] });
    expect(await errorHere('synth', 'test-kind')).toContain('the file is saved in another encoding than UTF-8\n');
  });

  it.each([
    ['a folder', mkdirSync, 'fix:  a folder is where the file must be'],
    ['a link to nowhere', (path: string) => symlinkSync('nowhere', path), 'the file cannot be read\n'],
    ['missing', () => undefined, 'the version of "traefik" is not pinned'],
  ])('%s', async (_, put, message) => {
    rmSync(join(repository.root, PINS));
    put(join(repository.root, PINS));
    expect(await errorHere('synth', 'test-kind')).toContain(message);
  });
});

describe('the cloud', () => {
  const list =
    'fix:  use one of: kind, aks, eks, generic; any other cluster is generic, by facts that people write: docs/add-a-cloud.md\n';

  it.each([
    ['gke', list],
    ['aws', list],
    ['k3s', list],
    ['azure', list],
    ['AKS', 'fix:  did you mean "aks"?\n'],
    ['kidn', 'fix:  did you mean "kind"?\n'],
  ])('%s', async (cloud, message) => {
    repository.put(CLUSTER, (files[CLUSTER] ?? '').replace("cloud: 'kind'", `cloud: '${cloud}'`));
    expect(await errorHere('synth', 'test-kind')).toContain(message);
  });
});

describe('the folder of a cluster', () => {
  const RULE = 'fix:  rename the folder: lower-case letters, digits and hyphens, beginning with a letter';

  it.each(['Staging-AKS', 'staging_aks2', 'staging.aks', '1st', 'new-', 'a b', 'a'.repeat(50)])('%s', async (name) => {
    const folder = join(repository.root, 'clusters', name);
    cpSync(join(repository.root, 'clusters/test-kind'), folder, { recursive: true });
    const commands = [
      ['synth'],
      ['synth', '--check'],
      ['order', 'test-kind'],
      ['overrides'],
      ['facts', 'test-kind'],
      ['secrets', 'test-kind'],
      ['fetch'],
      ['waivers'],
    ];
    for (const command of commands) {
      const message = await errorHere(...command);
      expect(message).toContain(`"${name}" cannot be the name of a cluster\n  at:   clusters/${name}\n`);
      expect(message).toContain(RULE);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('a fleet', () => {
  it('without clusters removes nothing', async () => {
    renameSync(join(repository.root, 'clusters'), join(repository.root, 'elsewhere'));
    mkdirSync(join(repository.root, 'clusters'));
    const message = await errorHere('synth');
    rmSync(join(repository.root, 'clusters'), { recursive: true });
    renameSync(join(repository.root, 'elsewhere'), join(repository.root, 'clusters'));
    expect(message).toMatch(/^error: there are no clusters\n {2}at: {3}clusters\n/);
    expect(repository.contents()).toEqual(before);
  });

  it.each([
    ['export const repository = {};', 'the repository has no url\n  at:   clusters/fleet.ts\n  seen: nothing\n'],
    ['export const repository = nowhere;', 'at:   clusters/fleet.ts:1\n  fix:  correct this file\n'],
    ['export const other = 1;', 'fix:  export it there, or correct its name here\n'],
  ])('whose fleet.ts is %s', (text, message) => {
    const fleet = repository.read('clusters/fleet.ts');
    repository.put('clusters/fleet.ts', text);
    expect(errorOf('synth')).toContain(message);
    repository.put('clusters/fleet.ts', fleet);
  });
});

describe('the command line', () => {
  it.each([
    [['synth', '--check', '--watch'], '--check and --watch exclude each other'],
    [['synth', '--dry-run'], 'synth has no option "--dry-run"'],
    [['synth', '-x'], 'synth has no option "-x"'],
    [['synth', '--check=yes'], '--check takes no value'],
    [['constructor'], 'there is no command "constructor"'],
    [['toString'], 'there is no command "toString"'],
    [['synth', 'test-knd'], 'fix:  did you mean "test-kind"?'],
    [['synth', 'clusters/test-knd/'], 'fix:  did you mean "test-kind"?'],
    [['synth', 'dist/test-kind'], 'there is no cluster "dist/test-kind"'],
    [['order', 'test-kind', 'test-aks'], 'order takes one cluster'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await repository.run(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(EXIT.usage);
  });

  it('names a file that cannot be read, which is a fault', async () => {
    const message = await errorHere('facts', 'test-eks', '--from', 'clusters');
    expect(message).toContain("Terraform's outputs cannot be read");
  });

  it.each([
    [
      ['synth'],
      { npm_config_check: 'true' },
      'npm kept --check for itself: Slipway did not get it\n  at:   the command line\n  seen: npm run synth --check\n  fix:  put -- before it: npm run synth -- --check\n',
    ],
    [['synth', 'test-kind'], { npm_config_watch: 'true' }, 'npm run synth -- test-kind --watch\n'],
    [['facts', 'test-eks'], { npm_config_from: 'out.json' }, 'npm run synth -- test-eks --from out.json\n'],
  ])('%j with %j of npm', async (args, taken, message) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const workspace = {
      root: '',
      dist: '',
      repository: { url: '', revision: '' },
      importer: { cluster: () => Promise.resolve({}), rings: () => Promise.resolve({}) },
    };
    const code = await execute(args, workspace, { npm_lifecycle_event: 'synth', ...taken });
    const [[written] = []] = write.mock.calls;
    write.mockRestore();
    expect([code, written]).toEqual([EXIT.usage, expect.stringContaining(message)]);
  });

  it('npm run synth --check is refused and writes nothing', () => {
    const { status, stderr } = spawnSync('npm', ['run', 'synth', '--check'], {
      cwd: repository.root,
      encoding: 'utf8',
    });
    expect(stderr).toContain('fix:  put -- before it: npm run synth -- --check\n');
    expect(status).not.toBe(0);
    expect(repository.contents()).toEqual(before);
  });

  it('ends quietly if nobody reads on', () => {
    const { stderr } = spawnSync('sh', ['-c', 'node cli/slipway.mjs order test-kind | true'], {
      cwd: repository.root,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});

describe('a machine', () => {
  const run = (root: string, env: NodeJS.ProcessEnv, ...node: readonly string[]) =>
    spawnSync(process.execPath, [...node, 'cli/slipway.mjs', 'synth', '--check'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });

  it('without packages is told to install them', () => {
    const root = mkdtempSync(join(tmpdir(), 'slipway-fresh-'));
    for (const part of ['cli', 'package.json'])
      cpSync(join(repository.root, part), join(root, part), { recursive: true });
    const { status, stderr } = run(root, {});
    rmSync(root, { recursive: true });
    expect(stderr).toMatch(
      /^error: the packages of package\.json are not installed.*\n {2}at: {3}node_modules\n {2}seen: Cannot find package 'esbuild'.*\n {2}fix: {2}run `npm ci` first\n$/,
    );
    expect(status).toBe(1);
  });

  it('with another version of Node is told which to install', () => {
    const version = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } })';
    const { status, stderr } = run(
      repository.root,
      {},
      '--import',
      `data:text/javascript,${encodeURIComponent(version)}`,
    );
    expect(stderr).toMatch(
      /^error: this version of Node is not supported\n {2}at: {3}package\.json\n[^]*fix: {2}install one of \^20\.19\.0/,
    );
    expect(status).toBe(1);
  });

  // What Node 16 cannot parse would be its error in place of this message.
  it('starts by a script that Node 16 parses, and imports only what that has', async () => {
    const text = repository.read('cli/slipway.mjs');
    const written = async (target: string): Promise<string> => (await transform(text, { format: 'esm', target })).code;
    expect(await written('node16.9')).toBe(await written('esnext'));
    const imported = [...text.matchAll(/^import .* from '(.*)';$/gm)].map(([, name]) => name);
    expect(imported).toEqual(['node:fs', 'node:module', 'node:os', 'node:path', 'node:url']);
  });

  it('without a folder for temporary files is told where', () => {
    const { status, stderr } = run(repository.root, { TMPDIR: '/nowhere' });
    expect(stderr).toMatch(/^error: a temporary file cannot be written\n {2}at: {3}\/nowhere\n/);
    expect(status).toBe(1);
  });

  it('whose node_modules are read-only renders', () => {
    const { status, stdout } = run(repository.root, {});
    expect(stdout).toContain('dist is up to date');
    expect(status).toBe(0);
  });

  const small = mkdtempSync(join(tmpdir(), 'slipway-small-'));
  let mounted = false;
  beforeAll(() => {
    mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]).status === 0;
  });
  afterAll(() => {
    if (mounted) spawnSync('umount', [small]);
    rmSync(small, { recursive: true, force: true });
  });

  it('whose disk for temporary files is full is told so', ({ skip }) => {
    skip(!mounted, 'only root mounts');
    const { status, stderr } = run(repository.root, { TMPDIR: small });
    expect(stderr).toMatch(
      /^error: a temporary file cannot be written\n[^]*no space left[^]*fix: {2}make the folder writable and free disk space/i,
    );
    expect(status).toBe(1);
  });

  it('whose disk is full keeps dist as it is', ({ skip }) => {
    skip(!mounted, 'only root mounts');
    const dist = join(small, 'dist');
    const { status, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', 'synth'], {
      cwd: repository.root,
      encoding: 'utf8',
      env: { ...process.env, CDK8S_OUTDIR: dist },
    });
    expect(stderr).toMatch(
      /^error: dist cannot be written; it is unchanged\n[^]*seen: ENOSPC[^]*fix: {2}free disk space, then run it again\n$/,
    );
    expect(status).toBe(1);
    expect(spawnSync('ls', ['-A', small], { encoding: 'utf8' }).stdout).toBe('');
  });
});
