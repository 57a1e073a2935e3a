import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';

const OTHER = { ...LAPTOP, domain: 'other.localhost' };
const REASON = { because: 'the newest one has lost the flag that we use', until: '2099-12-31' };

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
  fleet.add('a', LAPTOP);
  fleet.add('b', OTHER);
  fleet.remove('clusters/pins/b');
  fleet.ring({ only: { clusters: ['a', 'b'] } });
  fleet.remove('clusters/pins/a');
  fleet.pin('only', pinsOf(LAPTOP));
});
afterEach(() => fleet.remove());

async function errorOf(): Promise<string> {
  return synth(fleet, []).then(
    () => '',
    (error: unknown) => (error as Error).message,
  );
}

const imageOf = (cluster: string): string =>
  /image: (docker.io\/library\/traefik\S+)/.exec(fleet.read(`dist/${cluster}/gateway/Deployment.gateway.yaml`))?.[1] ??
  '';

describe('clusters/rings.ts', () => {
  it('gives the clusters of a ring its pins', async () => {
    expect(await errorOf()).toBe('');
    const image = `docker.io/library/traefik:${PINS['traefik']?.version}`;
    expect([imageOf('a'), imageOf('b')]).toEqual([image, image]);
  });

  it.each([
    [
      'a cluster that no ring names',
      () => fleet.ring({ only: { clusters: ['a'] } }),
      'cluster b is in no ring, so that it has no versions\n  at:   clusters/rings.ts\n  fix:  add it to the clusters of a ring: only',
    ],
    [
      'a name that no cluster has',
      () => fleet.ring({ only: { clusters: ['a', 'b', 'staging'] } }),
      'the ring only names a cluster that there is not\n  at:   clusters/rings.ts:6\n  seen: staging\n  fix:  remove it, or add clusters/staging',
    ],
    [
      'a cluster in two rings',
      () => {
        fleet.ring({ only: { clusters: ['a', 'b'] }, more: { clusters: ['b'] } });
        fleet.pin('more', pinsOf(LAPTOP));
      },
      '"more.clusters.0" is invalid\n  at:   clusters/rings.ts:10\n  seen: "b"\n  fix:  "b" is in the ring only too: keep it in one',
    ],
    [
      'a ring without clusters',
      () => fleet.ring({ only: { clusters: ['a', 'b'] }, none: { clusters: [] } }),
      '"none.clusters" is invalid\n  at:   clusters/rings.ts:9\n  seen: []\n  fix:  it must have a cluster at least',
    ],
    [
      'pins of a ring that there is not',
      () => fleet.pin('onyl', pinsOf(LAPTOP)),
      'there are pins of a ring that there is not\n  at:   clusters/pins/onyl\n  seen: onyl\n  fix:  remove the folder, or name the ring in clusters/rings.ts, which has: only',
    ],
    [
      'a ring without a folder of pins',
      () => fleet.remove('clusters/pins/only'),
      /^the pins of the ring cannot be read\n {2}at: {3}clusters\/pins\/only\n {2}seen: ENOENT/,
    ],
    [
      'a list of rings',
      () => fleet.ring([] as never),
      'the file of rings exports a list, not rings\n  at:   clusters/rings.ts\n  fix:  write `export default defineRings({ … })`',
    ],
  ])('is wrong with %s', async (_, change, message) => {
    change();
    expect(await errorOf()).toMatch(message);
  });
});

describe('the pins of a ring', () => {
  it('may be used by one cluster of it alone', async () => {
    const { services, ...without } = LAPTOP;
    fleet.add('a', { ...without, services: {} });
    fleet.remove('clusters/pins/a');
    fleet.ring({ only: { clusters: ['a', 'b'] } });
    expect(services).toHaveProperty('whoami');
    expect(await errorOf()).toBe('');
  });

  it('are wrong if no cluster of it uses one, at its line', async () => {
    fleet.pin('only', { ...pinsOf(LAPTOP), mongo: PINS['mongo'] });
    expect(await errorOf()).toBe(
      'pin "mongo" is not used\n  at:   clusters/pins/only/mongo.json:2\n  fix:  remove it (`slipway synth --prune-pins`), or add what it was meant for to clusters of the ring only: a, b',
    );
  });

  it.each([
    ['clusters/pins/only/notes.txt', 'nothing reads clusters/pins/only/notes.txt'],
    ['clusters/pins/traefik.json', 'nothing reads clusters/pins/traefik.json'],
    ['clusters/pins/only/empty.json', 'the file has no pins'],
  ])('have nothing beside them: %s', async (file, message) => {
    fleet.write(file, '{}');
    expect(await errorOf()).toContain(message);
  });

  it('are in one file each', async () => {
    fleet.write('clusters/pins/only/other.json', JSON.stringify({ traefik: PINS['traefik'] }));
    expect(await errorOf()).toContain(
      'pin "traefik" is in two files of one ring\n  at:   clusters/pins/only/other.json\n  seen: clusters/pins/only/gateway.json',
    );
  });
});

describe('the exceptions of a cluster', () => {
  const except = (exceptions: object): void => fleet.write('clusters/a/pins.json', JSON.stringify(exceptions, null, 2));

  it('give it alone another version, without the digest of the ring', async () => {
    fleet.pin('only', { ...pinsOf(LAPTOP), traefik: { ...PINS['traefik'], digest: `sha256:${'1'.repeat(64)}` } });
    except({ traefik: { version: 'v3.6.0', ...REASON } });
    expect(await errorOf()).toBe('');
    expect(imageOf('a')).toBe('docker.io/library/traefik:v3.6.0');
    expect(imageOf('b')).toContain('@sha256:1');
  });

  it('are wrong for a pin that the cluster does not use', async () => {
    const { services: _, ...without } = LAPTOP;
    fleet.add('a', { ...without, services: {} });
    fleet.remove('clusters/pins/a');
    fleet.ring({ only: { clusters: ['a', 'b'] } });
    except({ whoami: { version: '0.9.0', ...REASON } });
    expect(await errorOf()).toBe(
      'the exception "whoami" has no effect: the cluster does not use this pin\n  at:   clusters/a/pins.json:2\n  fix:  remove it',
    );
  });

  it('fail the check once they are over, and render as before', async () => {
    except({ traefik: { version: 'v3.6.0', ...REASON } });
    expect(await errorOf()).toBe('');
    expect((await checkDist(fleet, [], { today: REASON.until })).text).toContain('dist is up to date');
    await expect(checkDist(fleet, [], { today: '2100-01-01' })).rejects.toThrow(
      `the exception "traefik" is over since 2099-12-31: ${REASON.because}\n  at:   clusters/a/pins.json\n  seen: today is 2100-01-01\n`,
    );
    expect(await errorOf()).toBe('');
  });

  it.each([
    [
      { treafik: { version: 'v3.6.0', ...REASON } },
      '"treafik" is an exception from no pin\n  at:   clusters/a/pins.json\n  seen: clusters/pins/only does not pin it\n  fix:  did you mean "traefik"?',
    ],
    [
      { traefik: { version: PINS['traefik']?.version, ...REASON } },
      'the exception "traefik" has no effect\n  at:   clusters/a/pins.json\n  seen: clusters/pins/only pins v3.7.11 too\n  fix:  remove it',
    ],
    [{ traefik: { version: 'v3.6.0' } }, '"traefik.because" is missing'],
    [{ traefik: { version: 'v3.6.0', ...REASON, until: 'soon' } }, 'it must be a day, such as 2026-12-31'],
    [
      { traefik: { version: 'v3.6.0', ...REASON, packageName: 'docker.io/me/traefik' } },
      'unknown field "traefik.packageName"',
    ],
  ])('are wrong: %j', async (exceptions, message) => {
    except(exceptions);
    expect(await errorOf()).toContain(message);
  });
});
