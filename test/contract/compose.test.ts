import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { withDatabase } from '../../apps/common/src/mongo/testing/connection-string.ts';
import { type Image, root, SERVICES } from '../offline/images/build.ts';
import { Container } from '../offline/images/container.ts';
import { readFleet } from '../lib/fleet.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { deployedIn } from './deployed.ts';

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  mem_limit: z.string().optional(),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.unknown()).optional(),
});

const file = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.unknown()) })
  .parse(load(readFileSync(join(root, 'apps/compose.yaml'), 'utf8')));
const images = inject('images');
const server = inject('mongodbUri');
const clouds = new Map((await loadFleet()).map(({ name, settings: { cloud } }) => [name, cloud]));
/** The clusters, local ones first: the compose file is for local use, too. */
const fleet = (await readFleet()).toSorted(
  (a, b) => Number(clouds.get(b.name) === 'kind') - Number(clouds.get(a.name) === 'kind'),
);
const deployments = deployedIn(fleet, SERVICES);
/** One Deployment of each service that is deployed. */
const compared = SERVICES.flatMap((service) => deployments.find((one) => one.service === service) ?? []);
const ITEMS = 'items';
const RESTAURANTS = 'restaurants';

describe('the compose file', () => {
  it.each(compared)(
    'runs $service with the settings of its Deployment',
    ({ service, env, ports, user, graceSeconds, container }) => {
      const composed = file.services[service];
      expect(composed?.build).toEqual({ context: '..', dockerfile: `apps/${service}/Dockerfile` });
      expect(Object.keys(composed?.environment ?? {}).toSorted()).toEqual(Object.keys(env).toSorted());
      expect(composed?.ports?.map((port) => Number(port.split(':').at(-1)))).toEqual(Object.values(ports));
      expect([composed?.user, composed?.read_only, composed?.stop_grace_period]).toEqual([
        user,
        true,
        `${graceSeconds}s`,
      ]);
      expect(`${composed?.mem_limit?.replace('m', 'Mi')}`).toBe(container.resources.limits.memory);
    },
  );

  it('has MongoDB in the version of the clusters', async () => {
    const mongo = (await loadFleet()).map(({ pins }) => pins.all().get('mongo')?.pin).find((pin) => pin !== undefined);
    const used = Object.values(file.services).filter(({ build, image }) => !build && !image.startsWith('slipway/'));
    if (mongo)
      expect(new Set(used.map(({ image }) => image))).toEqual(new Set([`${mongo.packageName}:${mongo.version}`]));
  });

  it('mounts existing files, depends on existing services, and listens on 127.0.0.1 only', () => {
    for (const { volumes = [], depends_on: needs = {}, ports = [] } of Object.values(file.services)) {
      for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
        expect(source.startsWith('./') ? existsSync(join(root, 'apps', source)) : source in file.volumes, source).toBe(
          true,
        );
      }
      for (const need of Object.keys(needs)) expect(file.services).toHaveProperty(need);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    for (const uri of Object.values(file.services).flatMap(({ environment }) => environment?.['MONGODB_URI'] ?? [])) {
      const members = uri.match(/mongo-\d/g) ?? [];
      expect(members).toHaveLength(3);
      for (const member of members) {
        expect(file.services).toHaveProperty(member);
        expect(readFileSync(join(root, 'apps/compose/replica-set.js'), 'utf8')).toContain(`'${member}:27017'`);
      }
    }
  });

  it.skipIf(!server || !(ITEMS in file.services))(
    'seeds the items once, and fails with the status of a rejected request',
    async () => {
      const image = imageOf(ITEMS);
      const container = new Container(image, image.folder, {
        PORT: '0',
        METRICS_PORT: '0',
        MONGODB_URI: withDatabase(server ?? '', `seed-${ITEMS}-${randomUUID()}`),
      });
      try {
        const url = `http://127.0.0.1:${(await container.ports()).http}`;
        await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
        const seed = (ITEMS_URL: string) =>
          spawnSync(process.execPath, [join(root, 'apps/compose/seed-items.mjs')], {
            env: { ITEMS_URL },
            encoding: 'utf8',
          });
        expect(seed(url).stdout).toBe('items: 3 added; 0 were there\n');
        expect(seed(url).stdout).toBe('items: 0 added; 3 were there\n');
        expect(((await (await fetch(`${url}/item`)).json()) as { items: unknown[] }).items).toHaveLength(3);
        // An entry that cannot be added is an error, not a silent gap.
        const failed = seed(`${url}/nowhere`);
        expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('/item answered 404')]);
      } finally {
        container.kill('SIGTERM');
        await container.ended;
      }
    },
  );

  it.skipIf(!server || !(RESTAURANTS in file.services))(
    'seeds the restaurants with the libraries of their image, where it mounts the program',
    () => {
      const image = imageOf(RESTAURANTS);
      const { volumes = [], entrypoint = [] } = file.services[`seed-${RESTAURANTS}`] ?? {};
      const [source = '', target = ''] = volumes[0]?.split(':') ?? [];
      const mounted = mkdtempSync(join(tmpdir(), 'seed-'));
      const { workdir } = image.config;
      try {
        mkdirSync(dirname(join(mounted, target)), { recursive: true });
        cpSync(join(root, 'apps', source), join(mounted, target));
        symlinkSync(join(image.folder, workdir, 'node_modules'), join(mounted, workdir, 'node_modules'));
        const MONGODB_URI = withDatabase(server ?? '', `seed-${RESTAURANTS}-${randomUUID()}`);
        const options = { cwd: join(mounted, workdir), env: { MONGODB_URI }, encoding: 'utf8' } as const;
        expect(execFileSync(process.execPath, entrypoint.slice(1), options)).toMatch(/^restaurants: 400 added; /);
      } finally {
        rmSync(mounted, { recursive: true });
      }
    },
  );
});

function imageOf(service: string): Image {
  const image = images[service];
  if (!image) throw new Error(`${service} has no image`);
  return image;
}
