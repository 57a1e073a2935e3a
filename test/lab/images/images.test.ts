import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAUSE_IMAGE } from '../real/containerd.ts';
import { DNS_IMAGE } from '../real/dns.ts';
import { bundledFunction } from './bundle.ts';
import { accounts, fileOf, writableByAll, writeTexts } from './debian.ts';
import { grafana } from './grafana.ts';
import { names, type Image, type Sources } from './image.ts';
import { images } from './images.ts';
import { mongo, mongodbExporter } from './mongo.ts';
import { MONITORING_IMAGES } from './monitoring.ts';
import { node, NODE_VERSION } from './node.ts';
import { postfacto } from './postfacto.ts';
import { postgres } from './postgres.ts';
import { serviceImages } from './services.ts';
import { mergeUsr, namesOfUris, npmPackage, run, wheel } from './sources.ts';
import { valkey } from './valkey.ts';

const checkout = join(import.meta.dirname, '..', '..', '..');
const stores: readonly Image[] = [mongo, mongodbExporter, postgres, valkey, postfacto];

let folder: string;
let sources: Sources;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-images-'));
  const program = (name: string): string => {
    writeFileSync(join(folder, name), '');
    return join(folder, name);
  };
  sources = { kit: { folder, program }, checkout, downloads: join(folder, 'downloads') };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('names of images', () => {
  it.each([
    ['docker.io/library/mongo:8.0.29', mongo],
    ['docker.io/percona/mongodb_exporter:0.53.0', mongodbExporter],
    ['docker.io/library/postgres:17.11-trixie', postgres],
    ['docker.io/valkey/valkey:9.0.8', valkey],
    ['docker.io/postfacto/postfacto:4.3.11@sha256:00', postfacto],
  ])('%s is one image', (reference, image) => {
    expect(stores.filter((store) => names(store, reference))).toEqual([image]);
  });

  it.each([
    ['quay.io/prometheus-operator/prometheus-operator:v0.93.0', '/bin/operator', '65534'],
    ['quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0', '/bin/prometheus-config-reloader', '65534'],
    ['quay.io/prometheus-operator/admission-webhook:v0.93.0', '/bin/admission-webhook', '65534'],
    ['quay.io/prometheus/prometheus:v3.16.0', '/bin/prometheus', '65534'],
    ['quay.io/prometheus/alertmanager:v0.34.2', '/bin/alertmanager', '65534'],
    ['quay.io/prometheus/node-exporter:v1.12.1', '/bin/node_exporter', '65534'],
    ['quay.io/prometheus/blackbox-exporter:v0.28.0', '/bin/blackbox_exporter', undefined],
    ['registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0', '/kube-state-metrics', '65534'],
    ['docker.io/oliver006/redis_exporter:v1.82.0@sha256:00', '/redis_exporter', '59000:59000'],
    ['docker.io/grafana/grafana:13.0.0', '/run.sh', '472'],
  ])('%s starts upstream’s program as its user', (reference, program, user) => {
    const found = images(checkout).filter((image) => names(image, reference));
    expect(found.map(({ config }) => [config.Entrypoint?.[0], config.User])).toEqual([[program, user]]);
  });

  it.each([DNS_IMAGE, PAUSE_IMAGE])('%s of nodes is one image', (reference) => {
    expect(images(checkout).filter((image) => names(image, reference))).toHaveLength(1);
  });

  it('each service with a Dockerfile has an image', () => {
    const services = serviceImages(checkout).map(({ repository }) => repository);
    const dockerfiles = readdirSync(join(checkout, 'apps')).filter((name) =>
      existsSync(join(checkout, 'apps', name, 'Dockerfile')),
    );
    expect(services).toEqual(dockerfiles.sort());
  });
});

describe('images of services', () => {
  it.each(serviceImages(checkout))('$repository runs as its Dockerfile says', ({ repository, config }) => {
    expect(config.User).toBe('65532:65532');
    expect(config.WorkingDir).toBe('/srv');
    expect(config.Entrypoint?.at(-1)).toBe(`apps/${repository}/build/main.js`);
    expect(config.Env).toContain('NODE_ENV=production');
    expect(readFileSync(join(checkout, 'apps', repository, 'Dockerfile'), 'utf8')).toContain(`node:${NODE_VERSION}-`);
  });

  it('share all layers but the last', () => {
    const layers = serviceImages(checkout).map((image) => image.layers.slice(0, -1).map((layer) => layer.name));
    expect(new Set(layers.map(String)).size).toBeLessThanOrEqual(1);
  });
});

describe('layers', () => {
  it('have names for files, and keys that are JSON', () => {
    for (const { layers } of [...stores, ...MONITORING_IMAGES, grafana, ...serviceImages(checkout)]) {
      for (const layer of layers) {
        expect(layer.name).toMatch(/^[a-z][a-z0-9-]*$/);
        expect(JSON.stringify(layer.key(sources))).toEqual(JSON.stringify(layer.key(sources)));
      }
    }
  });

  it('with Node have the same layers below it, so that a node unpacks it once', () => {
    const all = [...stores, grafana, ...serviceImages(checkout)].filter(({ layers }) => layers.includes(node));
    expect(
      new Set(
        all.map(({ layers }) =>
          layers
            .slice(0, layers.indexOf(node))
            .map(({ name }) => name)
            .join(),
        ),
      ),
    ).toEqual(new Set(['debian-core']));
  });

  it.each(MONITORING_IMAGES)('of $repository do not hide its programs', async ({ config, layers }) => {
    const [program = ''] = config.Entrypoint ?? [];
    const roots: string[] = [];
    for (const layer of layers) {
      const root = mkdtempSync(join(folder, 'root-'));
      await layer.write(root, sources);
      roots.push(root);
    }
    const top = roots.findLast((root) =>
      lstatSync(join(root, program, '..'), { throwIfNoEntry: false })?.isSymbolicLink(),
    );
    expect(top).toBeUndefined();
    expect(roots.filter((root) => existsSync(join(root, program)))).toHaveLength(1);
  });

  it('state the user, root and nobody', () => {
    void accounts({ name: 'postgres', id: 999, home: '/var/lib/postgresql' }).write(folder, sources);
    expect(readFileSync(join(folder, 'etc/passwd'), 'utf8').split('\n')).toEqual([
      'root:x:0:0:root:/root:/bin/sh',
      'postgres:x:999:999:postgres:/var/lib/postgresql:/bin/sh',
      'nobody:x:65534:65534:nobody:/nonexistent:/bin/sh',
      '',
    ]);
  });

  it('make programs executable, and other files not', () => {
    writeTexts(folder, { 'usr/local/bin/a': '#!/bin/sh\n', 'usr/lib/b': 'b' });
    expect(statSync(join(folder, 'usr/local/bin/a')).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, 'usr/lib/b')).mode & 0o111).toBe(0);
  });

  it('merge /bin and the like into /usr, also twice', () => {
    mergeUsr(folder);
    mergeUsr(folder);
    expect(statSync(join(folder, 'bin')).ino).toBe(statSync(join(folder, 'usr/bin')).ino);
  });

  it('have folders for any user', () => {
    writableByAll(join(folder, 'tmp'));
    expect(statSync(join(folder, 'tmp')).mode & 0o7777).toBe(0o1777);
  });
});

describe('bundles', () => {
  it('of CommonJS are one function, which leaves external modules alone', async () => {
    writeFileSync(join(folder, 'inner.cjs'), 'module.exports = typeof __flag__;');
    writeFileSync(join(folder, 'main.cjs'), "exports.seen = [require('./inner.cjs'), () => require('absent')];");
    const text = await bundledFunction(join(folder, 'main.cjs'), {
      external: ['absent'],
      define: { __flag__: 'true' },
    });
    const module = { exports: {} as { seen: [string, () => void] } };
    const fail = () => {
      throw new Error('not found');
    };
    (new Script(text).runInThisContext() as (...args: unknown[]) => void)(module.exports, fail, module);
    expect(module.exports.seen[0]).toBe('boolean');
    expect(module.exports.seen[1]).toThrow('not found');
  });

  it('fail if a module is missing', async () => {
    writeFileSync(join(folder, 'main.cjs'), "require('absent');");
    await expect(bundledFunction(join(folder, 'main.cjs'), {})).rejects.toThrow('Could not resolve "absent"');
  });
});

describe('sources', () => {
  it('refuse a package without a checksum', async () => {
    await expect(npmPackage('left-pad', '1.3.0', folder, sources)).rejects.toThrow('left-pad@1.3.0 has no checksum');
    await expect(wheel('left-pad', '1.3.0', folder, sources)).rejects.toThrow('left-pad==1.3.0 has no checksum');
    expect(existsSync(sources.downloads)).toBe(false);
  });

  it('read file names from the output of apt-get', () => {
    const output = "'http://mirror/pool/b/bash_5.2_amd64.deb' bash_5.2_amd64.deb 123 SHA256:00\nReading lists\n";
    expect(namesOfUris(output)).toEqual([{ file: 'bash_5.2_amd64.deb' }]);
  });

  it('name a program that is not installed', async () => {
    await expect(run('no-such-program', [])).rejects.toThrow('no-such-program is not installed');
  });

  it('show the end of what a failed program printed', async () => {
    mkdirSync(folder, { recursive: true });
    await expect(run('sh', ['-c', 'echo out of space >&2; exit 3'])).rejects.toThrow('out of space');
  });
});

it('mongosh runs from its bundle with and without compiled code, with the exit code of the program', async () => {
  writeTexts(folder, {
    'mongosh.cjs': fileOf('mongosh.cjs'),
    'bundle.cjs': "(function (exports, require, module) { require('node:fs'); process.exit(process.argv[2]); })",
  });
  const start = (...args: string[]) => run(process.execPath, [join(folder, 'mongosh.cjs'), ...args]);
  await run(process.execPath, [join(folder, 'mongosh.cjs'), '0'], { env: { LAB_RECORD: '1' } });
  expect(statSync(join(folder, 'bundle.compiled')).size).toBeGreaterThan(0);
  await start('0');
  await expect(start('3')).rejects.toThrow('failed');
  writeFileSync(join(folder, 'bundle.compiled'), 'of another version');
  await start('0');
});
