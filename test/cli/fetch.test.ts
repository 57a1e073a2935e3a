import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import type { Pin } from '../../charts/pins.ts';
import { fetchArchives } from '../../cli/fetch.ts';
import { Archives, sha256Of } from '../../cli/sources/archives.ts';
import { LIMITS } from '../../cli/sources/download.ts';
import { synth } from '../../cli/synth.ts';
import { packedTexts } from '../lib/archive.ts';
import { FileServer } from '../lib/file-server.ts';
import { FleetFolder, LAPTOP, pinsOf } from './fleet-folder.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n';
const CLUSTER = { ...LAPTOP, manifests: { thing: { yaml: { path: 'deploy' } } } };

let fleet: FleetFolder;
let server: FileServer;
let archive: Buffer;
let cacheHome: string;

beforeAll(async () => {
  archive = await packedTexts({ 'thing-1.0.0/deploy/map.yaml': MAP, 'thing-1.0.0/README.md': 'no manifest' });
});
beforeEach(async () => {
  fleet = new FleetFolder();
  server = await FileServer.start({ '/example/thing/archive/refs/tags/v1.0.0.tar.gz': archive });
  cacheHome = mkdtempSync(join(tmpdir(), 'slipway-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', cacheHome);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  fleet.remove();
  rmSync(cacheHome, { recursive: true });
});

/** Adds the cluster `a`, pinned to the archive on loopback. */
function pinned(pin: Partial<Pin> = {}, cluster: unknown = CLUSTER): void {
  const thing = {
    datasource: 'github-tags',
    packageName: 'example/thing',
    registryUrl: server.url,
    version: 'v1.0.0',
    sha256: sha256Of(archive),
    ...pin,
  };
  fleet.add('a', cluster, {
    pins: { ...pinsOf(LAPTOP), thing },
  });
}

const fetched = (write = false, limits = LIMITS): Promise<string> => fetchArchives(fleet, [], { write, limits });
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Fault ? error.message : String(error)),
  );
const cached = (): string[] => {
  const { folder } = new Archives();
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

describe('slipway fetch', () => {
  it('downloads an archive once, and synth then renders it without a server', async () => {
    pinned();
    expect(await messageOf(synth(fleet, []))).toContain('run `npx slipway fetch a`');
    expect(await fetched()).toContain(`a: thing: example/thing v1.0.0: fetched ${server.url}/example/thing/archive/`);
    expect(cached()).toEqual([sha256Of(archive)]);
    expect(await fetched()).toBe('a: thing: example/thing v1.0.0: in the cache');
    expect(server.requests).toHaveLength(1);
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/a/thing')).toContain('ConfigMap.settings.yaml');
    expect(server.requests).toHaveLength(1);
  });

  it('has nothing to do without entries, or for a folder of the repository', async () => {
    fleet.add('a', { ...LAPTOP, manifests: { thing: { yaml: { folder: 'thing' } } } });
    expect(await fetched()).toContain('nothing to fetch');
  });

  it('downloads an asset of a release', async () => {
    server.put('/example/thing/releases/download/v1.0.0/install.yaml', MAP);
    const asset = { datasource: 'github-releases' as const, asset: 'install.yaml', sha256: sha256Of(Buffer.from(MAP)) };
    pinned(asset, { ...LAPTOP, manifests: { thing: { yaml: {} } } });
    await fetched();
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/a/thing')).toContain('ConfigMap.settings.yaml');
  });

  it('refuses another hash with both, and keeps nothing', async () => {
    const expected = '1'.repeat(64);
    pinned({ sha256: expected });
    const message = await messageOf(fetched());
    expect(message).toContain(`the archive of pin "thing" has another sha256 than ${expected}`);
    expect(message).toMatch(
      new RegExp(`at: {3}clusters/pins/a/thing.json:\\d+\n {2}seen: ${sha256Of(archive)}, of http`),
    );
    expect(cached()).toEqual([]);
  });

  it('prints the hash that a pin lacks, and --write adds it and nothing else', async () => {
    pinned({ sha256: undefined });
    const pins = fleet.read('clusters/pins/a/thing.json');
    expect(await messageOf(fetched())).toContain(`add "sha256": "${sha256Of(archive)}"`);
    expect(fleet.read('clusters/pins/a/thing.json')).toBe(pins);
    expect(await fetched(true)).toContain(`wrote its sha256 ${sha256Of(archive)} in place of none`);
    expect(fleet.read('clusters/pins/a/thing.json')).toBe(
      pins.replace('"version": "v1.0.0"', `"version": "v1.0.0",\n    "sha256": "${sha256Of(archive)}"`),
    );
    expect(await fetched()).toContain('in the cache');
  });

  it('downloads again what is corrupted in the cache, which synth refuses', async () => {
    pinned();
    await fetched();
    writeFileSync(new Archives().path(sha256Of(archive)), 'other');
    expect(await messageOf(synth(fleet, []))).toMatch(
      /cached archive of "thing" is corrupted.*\n {2}at: {3}.*archives/,
    );
    await fetched();
    expect(await synth(fleet, [])).toContain('added');
  });
});

describe('slipway fetch fails', () => {
  it('for a version that does not exist', async () => {
    pinned({ version: 'v2.0.0' });
    expect(await messageOf(fetched())).toMatch(
      /the server does not have http\S+v2\.0\.0\.tar\.gz\n.*\n {2}seen: 404 Not Found/,
    );
  });

  it('if the server cannot be reached', async () => {
    pinned({ registryUrl: 'http://127.0.0.1:9' });
    expect(await messageOf(fetched())).toMatch(/http:\/\/127\.0\.0\.1:9\S+ cannot be downloaded\n.*\n {2}seen: \S/);
  });

  it('if the server stalls, before or after its first byte', async () => {
    const path = '/example/thing/archive/refs/tags/v1.0.0.tar.gz';
    pinned();
    for (const stall of [() => {}, (response: NodeJS.WritableStream) => response.write('first')]) {
      server.put(path, stall);
      expect(await messageOf(fetched(false, { ...LIMITS, stallMs: 200 }))).toContain('seen: no data for 0.2 s');
    }
  });

  it('if the archive is too large, without reading all of it', async () => {
    pinned();
    let ended = false;
    server.put('/example/thing/archive/refs/tags/v1.0.0.tar.gz', (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
        response.once('drain', more);
      };
      response.on('close', () => (ended = true));
      more();
    });
    expect(await messageOf(fetched(false, { ...LIMITS, bytes: 1024 * 1024 }))).toContain('is larger than 1 MiB');
    await expect.poll(() => ended).toBe(true);
  });

  it('with the mistakes of all clusters, after fetching what it can', async () => {
    pinned();
    fleet.add('b', CLUSTER);
    expect(await messageOf(fetched())).toContain(
      'the version of "thing" is not pinned\n  at:   clusters/pins/b/thing.json',
    );
    expect(cached()).toEqual([sha256Of(archive)]);
  });
});

describe('a chart', () => {
  const INDEX = `entries:
  thing:
    - { version: 1.1.0, urls: [oci://registry.example.com/thing] }
    - { version: 1.0.0, urls: [charts/thing-1.0.0.tgz] }
`;
  const chart = (pin: Partial<Pin> = {}): void =>
    pinned(
      { datasource: 'helm', packageName: 'thing', version: '1.0.0', ...pin },
      {
        ...LAPTOP,
        manifests: { thing: { yaml: {} } },
      },
    );

  it('is found by the index of its repository', async () => {
    server.put('/index.yaml', INDEX);
    server.put('/charts/thing-1.0.0.tgz', archive);
    chart();
    expect(await fetched()).toContain(`fetched ${server.url}/charts/thing-1.0.0.tgz`);
  });

  it.each([
    ['another name', { packageName: 'thign' }, 'did you mean "thing"?'],
    ['another version', { version: '3.0.0' }, 'the latest are 1.1.0, 1.0.0'],
    ['an address in an OCI registry', { version: '1.1.0' }, 'is in an OCI registry, which is not supported'],
    ['no registryUrl', { registryUrl: undefined }, 'the chart "thing" has no registryUrl'],
  ])('with %s is refused', async (_, pin, message) => {
    server.put('/index.yaml', INDEX);
    chart(pin);
    expect(await messageOf(fetched())).toContain(message);
  });

  it('that renders differently each time is refused with the objects that differ', async () => {
    const bin = join(cacheHome, 'bin');
    mkdirSync(bin);
    const counter = join(cacheHome, 'counter');
    writeFileSync(
      join(bin, 'helm'),
      `#!/bin/sh\necho x >> ${counter}\nprintf '${MAP.replaceAll('\n', '\\n')}---\\n'\nprintf '${MAP.replace('settings', 'random').replaceAll('\n', '\\n')}'\nprintf '  n: "%s"\\n' $(wc -l < ${counter})\n`,
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
    pinned({}, { ...LAPTOP, manifests: { thing: { helm: {} } } });
    expect(await messageOf(fetched())).toMatch(/renders differently each time.*\n.*\n {2}seen: ConfigMap random\n/);
  });

  it('is refused if the index is a web page', async () => {
    server.put('/index.yaml', '<html>\n  : [\n');
    chart();
    expect(await messageOf(fetched())).toContain('/index.yaml is not YAML');
  });
});
