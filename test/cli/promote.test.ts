import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { execute } from '../../cli/main.ts';
import { promote } from '../../cli/promotion/promote.ts';
import { FleetFolder, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';
import { MOVED, PromotionFleet, RINGS, SOAKED, whoami } from './promotion-fleet.ts';

const fleet = await PromotionFleet.make();
beforeEach(() => fleet.restore());
afterAll(() => fleet.remove());

const FILES = ['clusters/pins/production/whoami.json', 'dist/two/whoami/Deployment.whoami.yaml'];
const WEBHOOK = 'cert-manager-webhook';
const webhook = (changes: object) => ({ [WEBHOOK]: { ...PINS[WEBHOOK], ...changes } });
const changedFiles = (): string[] => fleet.git('show', '--format=', '--name-only').trim().split('\n');
const message = (): string => fleet.git('log', '-1', '--format=%B').trim();
const except = (versions: Readonly<Record<string, string>>): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(versions).map(([pin, version]) => [
        pin,
        { version, because: 'the newest one has lost the flag that we use', until: '2099-12-31' },
      ]),
    ),
  );

describe('slipway promote', () => {
  it('gives the next ring the pins of the ring before, and its clusters their files, in one commit', async () => {
    const head = fleet.git('rev-parse', 'HEAD').trim();
    const printed = await fleet.promote();
    expect(fleet.git('rev-parse', 'HEAD~1').trim()).toBe(head);
    expect(changedFiles()).toEqual(FILES);
    expect(JSON.parse(fleet.read(FILES[0]!))).toEqual(whoami('1.1.0'));
    expect(fleet.read(FILES[1]!)).toContain('whoami:1.1.0');
    expect(fleet.git('status', '--porcelain')).toBe('');
    expect(message()).toBe(
      'Promote whoami from staging to production\n\n- whoami: 1.0.0 → 1.1.0, in staging since 2026-02-01 12:00 UTC',
    );
    expect(printed.split('\n')[0]).toBe('production: whoami 1.0.0 → 1.1.0, in staging since 2026-02-01 12:00 UTC');
    expect(printed).toMatch(/\nCommitted [0-9a-f]{7,} on main: push it, and open a pull request$/);
  });

  it('goes on from ring to ring', async () => {
    await fleet.promote();
    expect(await fleet.promote(['whoami'], { from: 'production' })).toMatch(/^edge: whoami 1\.0\.0 → 1\.1\.0, in prod/);
    expect(changedFiles()).toEqual(FILES.map((file) => file.replace('production', 'edge').replace('two', 'three')));
    expect(await fleet.promote(['whoami'], { to: 'edge' })).toBe(
      'edge has the versions of production: nothing to promote',
    );
  });

  it('writes nothing with --dry-run, and prints the same', async () => {
    const before = fleet.state();
    const printed = await fleet.promote(['whoami'], { 'dry-run': true });
    expect(fleet.state()).toBe(before);
    expect(printed).toMatch(/^production: whoami[^]*whoami:1\.1\.0[^]*\nNothing was written: --dry-run$/);
  });

  it('takes all of it from the command line', async () => {
    const lines: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const answers = ['--evidence', 'no alert since Monday', '--urgent', 'CVE-2026-1234 is exploited'];
    const code = await execute(['promote', '--all', '--from', 'staging', '--to', 'production', ...answers], fleet);
    stdout.mockRestore();
    expect([code, lines.join('')]).toEqual([0, expect.stringMatching(/^production: whoami[^]*\nCommitted/)]);
    expect(changedFiles()).toEqual(FILES);
    expect(message()).toMatch(/\n\nEvidence: no alert since Monday\n\nUrgent: CVE-2026-1234 is exploited$/);
  });

  it('leaves alone what is changed or added to the index elsewhere', async () => {
    fleet.write('README.md', 'draft');
    fleet.write('notes.md', 'draft');
    fleet.git('add', 'README.md');
    await fleet.promote();
    expect(changedFiles()).toEqual(FILES);
    expect(fleet.git('status', '--porcelain')).toBe('A  README.md\n?? notes.md\n');
  });

  it('has the evidence in its commit, and why it could not wait for soak and freeze', async () => {
    const freezes = [{ from: '2026-02-01', until: '2026-02-28', because: 'the sales of February' }];
    fleet.ring({ ...RINGS, production: { ...RINGS.production, evidence: true, freezes } });
    await fleet.commit('Freeze', MOVED);
    await fleet.promote(['whoami'], {
      now: MOVED,
      evidence: 'Applications Healthy, no alert since Monday',
      urgent: 'CVE-2026-1234 is exploited',
    });
    expect(message().split('\n').slice(4)).toEqual([
      'Evidence: Applications Healthy, no alert since Monday',
      '',
      'Urgent: CVE-2026-1234 is exploited',
    ]);
  });

  it('promotes what nobody runs yet, if it is urgent', async () => {
    fleet.write('clusters/one/pins.json', except({ whoami: '1.0.0' }));
    await fleet.commit('Except', MOVED);
    expect(await fleet.refusal()).toContain(
      'no cluster of staging renders this version of whoami, so that nobody has seen it run\n  at:   clusters/rings.ts\n  seen: one',
    );
    const printed = await fleet.promote(['whoami'], { urgent: 'CVE-2026-1234 is exploited' });
    expect(printed).toContain('production: whoami 1.0.0 → 1.1.0, rendered by no cluster of staging\n');
    expect(printed).not.toContain('As it was seen');
    expect(printed).toContain('New here, not seen in staging:\n');
    expect(changedFiles()).toEqual(FILES);
  });

  it('promotes with --all what may go, and says of the rest why it does not', async () => {
    fleet.pin('staging', { ...pinsOf(LAPTOP), ...whoami('1.1.0'), ...webhook({ version: 'v1.0.0' }) });
    await fleet.commit('Go back with cert-manager', MOVED);
    const printed = await fleet.promote([], { all: true });
    expect(changedFiles()).toEqual(FILES);
    expect(printed).toMatch(/^production: whoami 1\.0\.0 → 1\.1\.0/);
    expect(printed).toContain(
      `\nNot promoted:\ncert-manager would go back to an older version in production\n  at:   clusters/pins/production/cert-manager.json\n  seen: ${PINS[WEBHOOK]?.version} → v1.0.0\n  fix:  move staging forward first; to go back on purpose, edit clusters/pins/production/cert-manager.json\n\nCommitted`,
    );
    // Alone, it is an error.
    expect(await fleet.refusal([], { all: true })).toMatch(/^cert-manager would go back/);
  });

  it('soaks each component for itself', async () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    fleet.pin('staging', { ...pinsOf(LAPTOP), ...whoami('1.1.0'), ...webhook({ digest }) });
    await fleet.commit('Pin the digest', new Date('2026-02-05T12:00:00Z'));
    const printed = await fleet.promote([], { all: true });
    expect(changedFiles()).toEqual(FILES);
    expect(printed).toContain('cert-manager has not been in staging for 10d yet');
  });

  it('removes the exceptions of its clusters that it makes superfluous, and no other', async () => {
    fleet.write('clusters/two/pins.json', except({ whoami: '1.1.0', traefik: 'v3.6.0' }));
    fleet.write('clusters/one/pins.json', except({ traefik: 'v3.6.0' }));
    await fleet.commit('Except', MOVED);
    await fleet.promote();
    // The cluster had the version already: it renders the same.
    expect(changedFiles()).toEqual([FILES[0], 'clusters/two/pins.json']);
    expect(Object.keys(JSON.parse(fleet.read('clusters/two/pins.json')) as object)).toEqual(['traefik']);
  });

  it('removes the file of exceptions that has none left', async () => {
    fleet.write('clusters/two/pins.json', except({ whoami: '1.1.0' }));
    await fleet.commit('Except', MOVED);
    await fleet.promote();
    expect(fleet.git('show', '--format=', '--name-status').trim().split('\n')).toEqual([
      `M\t${FILES[0]}`,
      'D\tclusters/two/pins.json',
    ]);
  });

  it('keeps an exception from the version that comes', async () => {
    fleet.write('clusters/two/pins.json', except({ whoami: '0.9.0' }));
    await fleet.commit('Except', MOVED);
    const printed = await fleet.promote();
    expect(changedFiles()).toEqual([FILES[0]]);
    expect(printed).not.toMatch(/As it was seen|New here/);
  });

  it('works in a folder of a larger repository', async () => {
    const outer = new FleetFolder();
    const inner = join(outer.root, 'the platform');
    outer.remove();
    const git = fleet.git.bind(fleet);
    git('init', '--quiet', '--initial-branch', 'main', outer.root);
    git('clone', '--quiet', '--no-local', '.', `${outer.root}/clone`);
    git('-C', outer.root, 'fetch', '--quiet', 'clone', 'main');
    git('-C', outer.root, 'read-tree', '--prefix=the platform/', '-u', 'FETCH_HEAD');
    fleet.gitAt(MOVED, '-C', outer.root, 'commit', '--quiet', '--message', 'Import');
    const { repository, importer } = fleet;
    await promote({ root: inner, dist: join(inner, 'dist'), repository, importer }, ['whoami'], { now: SOAKED });
    expect(git('-C', outer.root, 'show', '--format=', '--name-only').trim().split('\n')).toEqual(
      FILES.map((file) => `the platform/${file}`),
    );
    outer.remove();
  });
});

describe('the plan of a promotion', () => {
  const sections = (printed: string): string[] => printed.split(/\n(?=As it was seen|New here|Committed)/);

  it('has apart what only the clusters of the ring have', async () => {
    const stores = { 'object-store': { size: '10Gi' }, extra: { size: '10Gi' } };
    fleet.change('one', { ...LAPTOP, domain: 'one.localhost', objectStore: { size: '10Gi' } });
    fleet.change('two', { ...LAPTOP, domain: 'two.localhost', objectStore: stores });
    const store = (version: string) => ({ 'object-store': { ...PINS['object-store'], version } });
    fleet.pin('production', { ...pinsOf(LAPTOP), ...store('1.0.0') });
    fleet.pin('staging', { ...pinsOf(LAPTOP), ...store('1.1.0') });
    await fleet.commit('Add object stores', MOVED);
    const [title, seen, unseen] = sections(await fleet.promote(['object-store']));
    expect(title).toContain('production: object-store 1.0.0 → 1.1.0, in staging since');
    expect(seen).toMatch(/^As it was seen in staging:\n/);
    expect(seen).toContain('StatefulSet object-store/object-store [two]');
    expect(seen).not.toContain('object-store-extra');
    expect(unseen).toMatch(/^New here, not seen in staging:\n/);
    expect(unseen).toContain('StatefulSet object-store-extra/object-store-extra [two]');
    expect(unseen).not.toContain('object-store/');
  });
});

describe('a promotion that fails', () => {
  it('leaves everything as it was if a cluster does not render', async () => {
    const { 'cert-manager': pin } = PINS;
    fleet.pin('staging', { ...pinsOf(LAPTOP), 'cert-manager': { ...pin, version: 'v9.9.9' } });
    fleet.write(
      'clusters/one/pins.json',
      JSON.stringify({
        'cert-manager': {
          version: pin?.version,
          digest: pin?.digest,
          because: 'the newest one has lost the flag that we use',
          until: '2099-12-31',
        },
      }),
    );
    await fleet.commit('Move cert-manager', MOVED);
    expect(await fleet.refusal(['cert-manager'], { urgent: 'CVE-2026-1234 is exploited' })).toMatch(
      /^the rights that cert-manager v9\.9\.9 asks for are not known\n/,
    );
  });

  it('says what is written, and what to commit it with, if a hook refuses', async () => {
    const hook = join(fleet.root, '.git/hooks/pre-commit');
    fleet.write('.git/hooks/pre-commit', '#!/bin/sh\necho "no commits on Fridays" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    await expect(fleet.promote()).rejects.toThrow(
      /^the change is written, but was not committed\n {2}at: {3}\S+\n {2}seen: no commits on Fridays\n {2}fix: {2}put right what Git says, then commit it yourself, with this message:\n\nPromote whoami from staging to production\n\n- whoami: 1\.0\.0 → 1\.1\.0, in staging since 2026-02-01 12:00 UTC\n$/,
    );
    expect(fleet.git('status', '--porcelain').trim().split('\n')).toEqual(FILES.map((file) => `M  ${file}`.trim()));
    expect(fleet.read(FILES[0]!)).toContain('1.1.0');
  });
});
