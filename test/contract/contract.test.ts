/**
 * The contract between manifests and services: the image of each service is started with exactly the environment of
 * every rendered Deployment. Only the ports differ: a pod has its own address, a test must use free ports.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { FINISH_SECONDS } from '../../apps/common/src/finish.ts';
import { withDatabase } from '../../apps/common/src/mongo/testing/connection-string.ts';
import { root, SERVICES } from '../offline/images/build.ts';
import { canSwitchUser, Container } from '../offline/images/container.ts';
import { get, slowPost } from '../offline/images/http.ts';
import { readFleet } from '../lib/fleet.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { amountOf } from '../lib/quantity.ts';
import { type Deployed, deployedIn } from './deployed.ts';

const images = inject('images');
const server = inject('mongodbUri');
const clusters = await loadFleet();
const deployments = deployedIn(await readFleet(), SERVICES);
const undeployed = SERVICES.filter((name) => !deployments.some(({ service }) => service === name));
const cases = deployments.map((deployed) => ({ name: `${deployed.service} in ${deployed.cluster}`, deployed }));

if (undeployed.length > 0)
  process.stderr.write(
    `\n!!! ${undeployed.length} OF ${SERVICES.length} SERVICES ARE DEPLOYED ON NO CLUSTER: ${undeployed.join(', ')}\n`,
  );
for (const service of undeployed) it.skip(`the Deployment of ${service}: no cluster has one`, () => {});

describe.each(cases)('the Deployment of $name', ({ deployed }) => {
  const { service, container } = deployed;
  const { config } = images[service] ?? { config: undefined };
  it('runs the image of its service in an existing version', () => {
    const pin = clusters
      .find(({ name }) => name === deployed.cluster)
      ?.pins.all()
      .get(service)?.pin;
    const own = JSON.parse(readFileSync(join(root, 'apps', service, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(container.image).toContain(`/${service}:`);
    expect(pin?.packageName.split('/').at(-1)).toBe(service);
    const [pinned = [], newest = []] = [pin?.version ?? '', own.version].map((version) =>
      version.split('.').map(Number),
    );
    // Clusters may lag behind the code, each at its own pace; none can be ahead of it.
    expect(
      pinned.map((part, i) => part - (newest[i] ?? 0)).find((difference) => difference !== 0) ?? 0,
    ).toBeLessThanOrEqual(0);
  });

  it('sets exactly the environment variables that the service reads', () => {
    expect(Object.keys(deployed.env).toSorted()).toEqual(settingsOf(service));
  });

  it('has the ports of the service and of its image', () => {
    const ports = deployed.ports;
    expect(ports).toEqual({ http: Number(deployed.env['PORT']), metrics: Number(deployed.env['METRICS_PORT']) });
    expect(config?.ports).toEqual(Object.values(ports));
  });

  it('runs as the user of the image, with /tmp as the only writable path', () => {
    expect(deployed.user).toBe(config?.user);
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)).toEqual([
      '/tmp',
    ]);
    // A command in the Deployment would override that of the image.
    expect([container.command, container.args]).toEqual([undefined, undefined]);
  });
});

describe.each(cases)('the service of the Deployment of $name', { concurrent: true }, ({ deployed }) => {
  const hasDatabase = 'MONGODB_URI' in deployed.env;
  const runs = !hasDatabase || server !== undefined;

  it.skipIf(!runs)(
    'starts with exactly its environment, and meets the probes, shutdown times and memory limit',
    async () => {
      const { container, service, graceSeconds } = deployed;
      const image = images[service];
      if (!image) throw new Error(`${service} has no image`);
      const running = new Container(image, image.folder, environment(deployed));
      try {
        const ports = await running.ports();
        const probe = async (kind: 'startupProbe' | 'livenessProbe' | 'readinessProbe'): Promise<number> => {
          const { httpGet, timeoutSeconds } = container[kind];
          return (await get(portOf(httpGet.port, ports), httpGet.path, 1000 * timeoutSeconds)).status;
        };

        await until(
          async () => (await probe('startupProbe')) === 200,
          1000 * container.startupProbe.periodSeconds * container.startupProbe.failureThreshold,
        );
        await until(async () => (await probe('readinessProbe')) === 200, 30_000);
        expect(await probe('livenessProbe')).toBe(200);
        if (canSwitchUser) expect(userOf(running.pid)).toBe(image.config.user.split(':')[0]);

        // Metrics are only on their own port, which no route of the gateway reaches.
        expect((await get(ports.http, '/metrics')).status).toBe(404);
        const metrics = await get(ports.metrics, '/metrics');
        expect(metrics.status).toBe(200);
        expect(metrics.body).toMatch(
          /^http_request_duration_seconds_count\{method="GET",route="\/readyz",status="200"\} \d+$/m,
        );
        expect(metrics.body).toMatch(/^nodejs_eventloop_lag_seconds /m);
        expect(metrics.body.includes('mongodb_pool_')).toBe(hasDatabase);
        expect(metrics.body).toContain(`service_info{name="${service}",version=`);

        // SIGTERM: not ready at once, serving during the whole drain, and requests in flight at its end are completed.
        const drain = 1000 * Number(deployed.env['SHUTDOWN_DRAIN_SECONDS']);
        running.kill('SIGTERM');
        const signalled = performance.now();
        await until(async () => (await probe('readinessProbe')) === 503, 2000);
        expect(await probe('livenessProbe')).toBe(200);
        await sleep(drain - 1500 - (performance.now() - signalled));
        const late = await get(ports.http, '/livez');
        expect([late.status, late.headers['connection']]).toEqual([200, 'close']);
        const slow = slowPost(ports.http, '/nowhere');
        await sleep(drain + 1000 - (performance.now() - signalled));
        await expect(get(ports.http, '/livez')).rejects.toThrow(/ECONNREFUSED/);
        slow.finish();
        // None of the services has such a route: a complete 404 response proves the point.
        expect(await slow.response).toMatchObject({
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
    },
  );

  it('stops within the grace period even if a request never completes', () => {
    expect(Number(deployed.env['SHUTDOWN_DRAIN_SECONDS']) + FINISH_SECONDS).toBeLessThan(deployed.graceSeconds);
  });
});

it('services read process.env in one file only', () => {
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

/** Names of the environment variables that the built service reads, from its own settings schema. */
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

/** The Deployment's environment, with free ports, and a separate database as the value of the Secret. */
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

async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > timeoutMs) throw new Error(`condition not met within ${timeoutMs} ms`);
    await sleep(50);
  }
}

function userOf(pid: number): string | undefined {
  return /^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}
