import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CODE_FILE } from '../../charts/code.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { PINS } from './fleet-folder.ts';
import { OwnRepository } from './own-repository.ts';

/** A constant of the charts that every rendered service has. */
const DRAIN = 'charts/lib/drain.ts';

let repository: OwnRepository;
beforeAll(() => {
  repository = new OwnRepository();
}, 60_000);
afterAll(() => repository?.remove());

const git = (...args: readonly string[]): string => repository.git(...args);
const slipway = (...args: readonly string[]) => repository.slipway(...args);
const write = (file: string, text: string): void => repository.write(file, text);
const read = (file: string): string => repository.read(file);
const commit = (message: string): string => repository.commit(message);

/** The clusters of which dist differs from the last commit. */
const changed = (): string[] => [
  ...new Set(
    git('status', '--porcelain', '--', 'dist')
      .split('\n')
      .flatMap((line) => /dist\/([^/]+)\//.exec(line)?.[1] ?? []),
  ),
];

const deployment = (cluster: string): string => read(`dist/${cluster}/whoami/Deployment.whoami.yaml`);
const drainOf = (cluster: string): string | undefined =>
  /terminationGracePeriodSeconds: (\d+)/.exec(deployment(cluster))?.[1];

// What is not committed is the test's own.
afterEach(() => void git('checkout', '--quiet', '--', '.'));

/** In order: each test goes on from the last commit of the one before. */
describe('code by ring', () => {
  it('changes nothing when a ring is pinned to the code that there is, which needs no soak', () => {
    repository.edit('clusters/rings.ts', (text) => text.replace("soak: '0'", "soak: '10d', evidence: true"));
    commit('Ask for more');
    const { code, output } = slipway('promote', '--code');
    expect(output).toMatch(/^two: code to that of [0-9a-f]+, in one since /);
    expect(code).toBe(0);
    expect(JSON.parse(read(CODE_FILE))).toEqual({
      two: { commit: git('rev-parse', 'HEAD~2').trim(), sha256: expect.any(String) as string },
    });
    expect(git('show', '--name-only', '--format=').trim()).toBe(CODE_FILE);
  });

  it('is promoted once it has soaked, as versions are', () => {
    write(DRAIN, read(DRAIN).replace('DRAIN_SECONDS = 10', 'DRAIN_SECONDS = 11'));
    slipway('synth');
    commit('Drain for a second more');
    const { code, output } = slipway('promote', '--code');
    expect(output).toContain('two asks for what shows that one is healthy');
    expect(output).toContain('the code has not been in one for 10d yet');
    expect(code).toBe(1);
    git('revert', '--no-edit', 'HEAD');
    repository.edit('clusters/rings.ts', (text) => text.replace("soak: '10d', evidence: true", "soak: '0'"));
    commit('Ask for no more');
  });

  it('reaches the first ring alone, and the other one stays reproducible', () => {
    write(DRAIN, read(DRAIN).replace('DRAIN_SECONDS = 10', 'DRAIN_SECONDS = 17'));
    const before = drainOf('b');
    expect(slipway('synth').output).toMatch(/^b: by the code of [0-9a-f]{10}$/m);
    expect(changed()).toEqual(['a']);
    expect(drainOf('a')).not.toBe(before);
    expect(drainOf('b')).toBe(before);
    expect(slipway('synth', '--check')).toMatchObject({ code: 0 });
    commit('Drain for longer');
  });

  it('does not come along with a version', () => {
    const file = 'clusters/pins/two/whoami.json';
    const before = drainOf('b');
    write(file, read(file).replace(PINS['whoami']?.version ?? '', '9.9.9'));
    expect(slipway('synth')).toMatchObject({ code: 0 });
    expect(changed()).toEqual(['b']);
    expect(deployment('b')).toContain('whoami:9.9.9');
    expect(drainOf('b')).toBe(before);
    commit('Move whoami, urgently');
  });

  it('says what the earlier code does not take', () => {
    const text = read('clusters/b/cluster.ts');
    write(
      'charts/cluster-file.ts',
      read('charts/cluster-file.ts').replace(
        '  domain: domainName,',
        '  domain: domainName,\n  motto: z.string().optional(),',
      ),
    );
    write('clusters/b/cluster.ts', text.replace('{', '{ "motto": "new",'));
    const { code, output } = slipway('synth');
    expect(code).toBe(1);
    expect(output).toMatch(/^error: b is rendered by the code of [0-9a-f]{10}, which says: unknown section "motto"/);
  });

  it('is refused while it is not committed', () => {
    write(DRAIN, read(DRAIN).replace('DRAIN_SECONDS = 17', 'DRAIN_SECONDS = 18'));
    expect(slipway('promote', '--code').output).toContain('there is code that is not committed');
  });

  it('is promoted by a commit, which shows what of it was seen', () => {
    const newest = git('log', '-1', '--format=%H', '--', 'charts').trim();
    const { code, output } = slipway('promote', '--code');
    expect(output).toMatch(/^two: code from that of [0-9a-f]+ to that of [0-9a-f]+, in one since /);
    expect(output).toMatch(/As it was seen in one:[^]*Deployment whoami\/whoami/);
    expect(code).toBe(0);
    expect(drainOf('b')).toBe(drainOf('a'));
    expect(JSON.parse(read(CODE_FILE))).toMatchObject({ two: { commit: newest } });
    expect(slipway('promote', '--code').output).toContain('nothing to promote');
    expect(slipway('synth', '--check').output).not.toContain('by the code of');
  });

  it('needs no history where no ring lags, and names the shallow clone where one does', () => {
    const clone = join(repository.scratch, 'shallow');
    git('clone', '--quiet', '--depth=1', `file://${repository.root}`, clone);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
    const run = () =>
      spawnSync(process.execPath, ['cli/slipway.mjs', 'synth', '--check'], { cwd: clone, encoding: 'utf8' });
    expect(run()).toMatchObject({ status: 0 });
    writeFileSync(join(clone, DRAIN), readFileSync(join(clone, DRAIN), 'utf8').replace('= 17', '= 19'));
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/there is no commit "[0-9a-f]{40}"[^]*shallow/);
  });

  it('of a ring that there is not is an error', () => {
    write(CODE_FILE, read(CODE_FILE).replace('"two"', '"tow"'));
    expect(slipway('synth').output).toContain(
      'there is code of a ring that there is not\n  at:   clusters/code.json\n  seen: tow\n  fix:  did you mean "two"?',
    );
  });
});
