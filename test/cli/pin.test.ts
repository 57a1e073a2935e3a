import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { execute } from '../../cli/main.ts';
import { pinImage, type PinOptions } from '../../cli/promotion/pin.ts';
import { LAPTOP, PINS, pinsOf } from './fleet-folder.ts';
import { MOVED, PromotionFleet, RINGS, whoami } from './promotion-fleet.ts';

const fleet = await PromotionFleet.make();
beforeEach(() => fleet.restore());
afterAll(() => fleet.remove());

const [ONE, TWO] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
const FILE = 'clusters/pins/staging/whoami.json';
const DEPLOYMENT = 'dist/one/whoami/Deployment.whoami.yaml';
const pinned = (): unknown => JSON.parse(fleet.read(FILE));
const changedFiles = (): string[] => fleet.git('show', '--format=', '--name-only').trim().split('\n');
const message = (): string => fleet.git('log', '-1', '--format=%B').trim();
const pin = (version: string, options: PinOptions = {}, name = 'whoami'): Promise<string> =>
  pinImage(fleet, [name, version], { now: MOVED, ...options });
const refusal = (version: string, options?: PinOptions, name?: string): Promise<string> =>
  fleet.refusalOf(() => pin(version, options, name));

/** Pins each image of the first ring by a digest. */
async function withDigests(): Promise<void> {
  const all = Object.entries({ ...pinsOf(LAPTOP), ...whoami('1.1.0') });
  fleet.pin(
    'staging',
    Object.fromEntries(
      all.map(([name, { datasource, packageName, version, ...more }]) => [
        name,
        { datasource, packageName, version, ...(datasource === 'docker' && { digest: ONE }), ...more },
      ]),
    ),
  );
  await fleet.commit('Pin digests', MOVED);
}

describe('slipway pin', () => {
  it('gives the first ring a version with its digest, and its clusters their files, in one commit', async () => {
    await withDigests();
    const head = fleet.git('rev-parse', 'HEAD').trim();
    const printed = await pin(`1.2.0@${TWO}`);
    expect(fleet.git('rev-parse', 'HEAD~1').trim()).toBe(head);
    expect(changedFiles()).toEqual([FILE, DEPLOYMENT]);
    expect(fleet.read(FILE)).toBe(
      `${JSON.stringify({ whoami: { datasource: 'docker', packageName: PINS['whoami']?.packageName, version: '1.2.0', digest: TWO } }, null, 2)}\n`,
    );
    expect(fleet.read(DEPLOYMENT)).toContain(`whoami:1.2.0@${TWO}`);
    expect(fleet.git('status', '--porcelain')).toBe('');
    expect(message()).toBe('Pin whoami 1.2.0 in staging\n\nstaging: whoami 1.1.0 → 1.2.0');
    expect(printed).toMatch(
      /^staging: whoami 1\.1\.0 → 1\.2\.0\n\n[^]*restart Deployment whoami\/whoami[^]*\nCommitted [0-9a-f]{7,} on main: push it, and open a pull request$/,
    );
  });

  it('leaves the digest out, and says so, while no other image of the ring has one', async () => {
    expect(await pin(`1.2.0@${TWO}`)).toContain(
      'staging: whoami 1.1.0 → 1.2.0\n  without its digest: other images of staging have none, which "npx slipway pins staging --write" adds to all\n',
    );
    expect(pinned()).toEqual(whoami('1.2.0'));
    expect(await refusal(`1.2.0@${ONE}`)).toMatch(/^it did not fail: staging has whoami 1\.2\.0 already/);
  });

  it('writes nothing with --dry-run, or if the ring has that version', async () => {
    const before = fleet.state();
    expect(await pin('1.2.0', { 'dry-run': true })).toMatch(/whoami:1\.2\.0[^]*\nNothing was written: --dry-run$/);
    expect(await pin('1.1.0')).toBe('staging has whoami 1.1.0 already: nothing to pin');
    expect(fleet.state()).toBe(before);
  });

  it('takes all of it from the command line', async () => {
    const lines: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const code = await execute(['pin', 'whoami', '1.2.0', '--urgent', 'CVE-2026-1234 is exploited'], fleet);
    stdout.mockRestore();
    expect([code, lines.join('')]).toEqual([0, expect.stringMatching(/^staging: whoami[^]*\nCommitted/)]);
    expect(message()).toMatch(/\n\nUrgent: CVE-2026-1234 is exploited$/);
  });

  it('goes past a freeze if it is urgent', async () => {
    const freezes = [{ from: '2026-02-01', until: '2026-02-28', because: 'the sales of February' }];
    fleet.ring({ ...RINGS, staging: { ...RINGS.staging, freezes } });
    await fleet.commit('Freeze', MOVED);
    expect(await refusal('1.2.0')).toBe(
      'staging is frozen until 2026-02-28: the sales of February\n  at:   clusters/rings.ts\n  seen: today is 2026-02-01\n  fix:  wait until that day is past; if it cannot wait, give the reason: --urgent REASON',
    );
    expect(await pin('1.2.0', { urgent: 'CVE-2026-1234 is exploited' })).toContain('\nCommitted ');
  });
});

describe('slipway pin, of a cluster that does not follow', () => {
  it('says that an exception keeps a version, and changes nothing there', async () => {
    const exception = { version: '1.0.0', because: 'the newest one has lost a route', until: '2099-12-31' };
    fleet.write('clusters/one/pins.json', JSON.stringify({ whoami: exception }));
    await fleet.commit('Except', MOVED);
    expect(await pin('1.2.0')).toContain(
      '\n  one keeps 1.0.0 by an exception until 2099-12-31: the newest one has lost a route\n',
    );
    expect(changedFiles()).toEqual([FILE]);
    expect(message()).toContain('one keeps 1.0.0 by an exception');
  });

  it('removes an exception that says the same from then on', async () => {
    const exception = { version: '1.2.0', because: 'it was tried here before the others', until: '2099-12-31' };
    fleet.write('clusters/one/pins.json', JSON.stringify({ whoami: exception }));
    await fleet.commit('Except', MOVED);
    expect(await pin('1.2.0')).not.toContain('keeps');
    expect(changedFiles()).toEqual(['clusters/one/pins.json', FILE]);
  });

  it('says that a hold keeps a rendering', async () => {
    const options = ['--because', 'audit in December', '--until', '2099-12-31'];
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await execute(['hold', 'whoami', '--cluster', 'one', ...options], fleet);
    stdout.mockRestore();
    expect(code).toBe(0);
    expect(await pin('1.2.0')).toMatch(
      /\n {2}one keeps whoami as of [0-9a-f]{10} by a hold until 2099-12-31: audit in December\n/,
    );
    expect(changedFiles()).toEqual([FILE]);
  });
});

describe('slipway pin refuses', () => {
  it.each([
    [
      'what is older',
      '1.0.9',
      'whoami',
      `whoami would go back to an older version in staging\n  at:   ${FILE}\n  seen: 1.1.0 → 1.0.9\n  fix:  name a newer version; to go back on purpose, edit ${FILE}`,
    ],
    [
      'an unknown pin',
      '1.2.0',
      'whoamI',
      'staging has no pin "whoamI"\n  at:   the command line\n  seen: whoamI\n  fix:  did you mean "whoami"?',
    ],
    [
      'a pin of no image',
      'v1.2.0',
      'gateway-api',
      'the pin "gateway-api" is of no image\n  at:   clusters/pins/staging/gateway-api.json\n  seen: github-tags\n  fix:  take what Renovate proposes, or edit it and run "npx slipway pins --write"',
    ],
    [
      'half a digest',
      '1.2.0@sha256:12',
      'whoami',
      'that is no version of an image\n  at:   the command line\n  seen: 1.2.0@sha256:12\n  fix:  write its tag, with its digest if that is known: 1.2.3@sha256:… with 64 hexadecimal digits',
    ],
  ])('%s', async (_, version, name, expected) => {
    expect(await refusal(version, {}, name)).toBe(expected);
  });

  it('a version without its digest, where images have one', async () => {
    await withDigests();
    expect(await refusal('1.2.0')).toBe(
      '"whoami" is pinned by digest, and this version has none\n  at:   the command line\n  seen: 1.2.0\n  fix:  write it with its digest: 1.2.0@sha256:…',
    );
  });

  it('another digest of the same version', async () => {
    await withDigests();
    expect(await refusal(`1.1.0@${TWO}`)).toBe(
      `${PINS['whoami']?.packageName}:1.1.0 is pinned to another digest\n  at:   ${FILE}\n  seen: ${ONE}, and not ${TWO}\n  fix:  find out who moved the tag; what has changed is published as a new version`,
    );
  });

  it('changes that are not committed, and a detached HEAD', async () => {
    fleet.write(FILE, `${JSON.stringify(whoami('1.1.1'), null, 2)}\n`);
    expect(await refusal('1.2.0')).toContain('there are changes in clusters/ or dist/ that are not committed');
    fleet.git('checkout', '--quiet', '--force', '--detach');
    expect(await refusal('1.2.0')).toContain('HEAD is detached');
  });
});
