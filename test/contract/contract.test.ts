/**
 * The manifests and the services keep one contract: every rendered Deployment is taken as it is, and its service's image
 * is started with exactly its environment. Ports are the one thing that differs: a pod has an address of its own, a test
 * must take ports that are free.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { withDatabase } from '../../apps/common/src/mongo/testing/connection-string.ts';
import { root, SERVICES } from '../images/build.ts';
import { canSwitchUser, Container } from '../images/container.ts';
import { ask, slowPost } from '../images/http.ts';
import { readFleet } from '../lib/fleet.ts';
import { amountOf } from '../lib/quantity.ts';
import { type Deployed, deployedOf } from './deployed.ts';

const images = inject('images');
const server = inject('mongodbUri');
const fleet = await readFleet();
const deployments = fleet.flatMap((cluster) => SERVICES.flatMap((service) => deployedOf(cluster, service) ?? []));
const cases = deployments.map((deployed) => ({ says: `${deployed.service} in ${deployed.cluster}`, deployed }));

describe.each(cases)('the Deployment of $says', ({ deployed }) => {
  const { service, container } = deployed;
  const { config } = images[service] ?? { config: undefined };
  it('runs the image of its service at a version that there is', () => {
    const pins = JSON.parse(readFileSync(join(root, 'clusters', deployed.cluster, 'pins.json'), 'utf8')) as Record<
      string,
      Pin
    >;
    const own = JSON.parse(readFileSync(join(root, 'apps', service, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(container.image).toContain(`/${service}:`);
    expect(pins[service]?.packageName.split('/').at(-1)).toBe(service);
    const [pinned = [], newest = []] = [pins[service]?.version ?? '', own.version].map((version) =>
      version.split('.').map(Number),
    );
    // Clusters may lag behind the code, each at its pace; no cluster can be ahead of it.
    expect(
      pinned.map((part, i) => part - (newest[i] ?? 0)).find((difference) => difference !== 0) ?? 0,
    ).toBeLessThanOrEqual(0);
  });

  it('gives every variable that the service reads, and no other', () => {
    expect(Object.keys(deployed.env).toSorted()).toEqual(settingsOf(service));
  });

  it('opens the ports that the service and its image have', () => {
    const ports = deployed.ports;
    expect(ports).toEqual({ http: Number(deployed.env['PORT']), metrics: Number(deployed.env['METRICS_PORT']) });
    expect(config?.ports).toEqual(Object.values(ports));
  });

  it('runs as the user of the image, with nothing to write to but /tmp', () => {
    expect(deployed.user).toBe(config?.user);
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)).toEqual([
      '/tmp',
    ]);
    // A command of the Deployment's own would hide the image's.
    expect([container.command, container.args]).toEqual([undefined, undefined]);
  });
});

describe.each(cases)('the service of the Deployment of $says', { concurrent: true }, ({ deployed }) => {
  const hasDatabase = deployed.env['MONGODB_URI'] !== undefined;
  const runs = !hasDatabase || server !== undefined;

  it.skipIf(!runs)('starts with exactly its environment, and keeps what the manifest says', async () => {
    const { container, service, graceSeconds } = deployed;
    const image = images[service];
    if (!image) throw new Error(`${service} has no image`);
    const running = new Container(image, image.folder, environment(deployed));
    try {
      const ports = await running.ports();
      const probe = async (kind: 'startupProbe' | 'livenessProbe' | 'readinessProbe'): Promise<number> => {
        const { httpGet, timeoutSeconds } = container[kind];
        return (await ask(portOf(httpGet.port, ports), httpGet.path, 1000 * timeoutSeconds)).status;
      };

      await until(
        async () => (await probe('startupProbe')) === 200,
        1000 * container.startupProbe.periodSeconds * container.startupProbe.failureThreshold,
      );
      await until(async () => (await probe('readinessProbe')) === 200, 30_000);
      expect(await probe('livenessProbe')).toBe(200);
      if (canSwitchUser) expect(userOf(running.pid)).toBe(image.config.user.split(':')[0]);

      // Metrics are on their own port alone, where no route of the gateway leads.
      expect((await ask(ports.http, '/metrics')).status).toBe(404);
      const metrics = await ask(ports.metrics, '/metrics');
      expect(metrics.status).toBe(200);
      expect(metrics.body).toMatch(
        /^http_request_duration_seconds_count\{method="GET",route="\/readyz",status="200"\} \d+$/m,
      );
      expect(metrics.body).toMatch(/^nodejs_eventloop_lag_seconds /m);
      expect(metrics.body.includes('mongodb_pool_')).toBe(hasDatabase);
      expect(metrics.body).toContain(`service_info{name="${service}",version=`);

      // A stop: not ready at once, answering for the whole drain, and what is in flight at its end is finished.
      const drain = 1000 * Number(deployed.env['SHUTDOWN_DRAIN_SECONDS']);
      running.kill('SIGTERM');
      const told = performance.now();
      await until(async () => (await probe('readinessProbe')) === 503, 2000);
      expect(await probe('livenessProbe')).toBe(200);
      await sleep(drain - 1500 - (performance.now() - told));
      const late = await ask(ports.http, '/livez');
      expect([late.status, late.headers['connection']]).toEqual([200, 'close']);
      const slow = slowPost(ports.http, '/');
      await sleep(drain + 1000 - (performance.now() - told));
      await expect(ask(ports.http, '/livez')).rejects.toThrow(/ECONNREFUSED/);
      slow.finish();
      // None of the services has such a route: a 404 is an answer, and a whole one.
      expect(await slow.answer).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      });

      const memory = running.peakMemory();
      const end = await running.ended;
      expect(end).toMatchObject({ code: 0, signal: null });
      expect(end.seconds).toBeGreaterThan(drain / 1000);
      expect(end.seconds).toBeLessThan(graceSeconds);
      if (memory !== undefined) expect(memory).toBeLessThan(amountOf(container.resources.limits.memory));
      expect(running.noise).toEqual([]);
    } finally {
      running.kill('SIGKILL');
    }
  });

  it('stops within the grace period even if a request never ends', () => {
    // What the service cuts off after, said in its code: src/serve.ts of the shared package.
    const finish = Number(
      /FINISH_SECONDS = (\d+);/.exec(readFileSync(join(root, 'apps/common/src/serve.ts'), 'utf8'))?.[1],
    );
    expect(Number(deployed.env['SHUTDOWN_DRAIN_SECONDS']) + finish).toBeLessThan(deployed.graceSeconds);
  });
});

it('leaves the reading of variables to one place of the services', () => {
  const { stdout } = spawnSync(
    'grep',
    [
      '-rlE',
      String.raw`process\.env`,
      'apps',
      '--include=*.ts',
      '--exclude-dir=node_modules',
      '--exclude-dir=build',
      '--exclude-dir=testing',
      '--exclude=*.spec.ts',
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stdout.trim().split('\n')).toEqual(['apps/common/src/serve.ts']);
});

/** What the built service reads: it is asked itself. */
function settingsOf(service: string): string[] {
  const { folder, config } = images[service] ?? { folder: '', config: { workdir: '' } };
  const script = `import('./apps/${service}/build/service.js').then(({ service }) => console.log(JSON.stringify(Object.keys(service.settings.shape))))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(folder, config.workdir),
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as string[]).toSorted();
}

/** The Deployment's environment, with free ports, and the Secret's value: a database that nobody else uses. */
function environment({ env, service }: Deployed): Record<string, string> {
  const values = Object.entries(env).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : withDatabase(server ?? '', `contract-${service}-${randomUUID()}`),
  ]);
  return { ...(Object.fromEntries(values) as Record<string, string>), PORT: '0', METRICS_PORT: '0' };
}

function portOf(name: string | number, ports: Readonly<Record<string, number>>): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`the service has no port ${name}`);
  return port;
}

async function until(met: () => Promise<boolean>, mostMs: number): Promise<void> {
  const start = performance.now();
  while (!(await met())) {
    if (performance.now() - start > mostMs) throw new Error(`not met within ${mostMs} ms`);
    await sleep(50);
  }
}

function userOf(pid: number): string | undefined {
  return /^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}
