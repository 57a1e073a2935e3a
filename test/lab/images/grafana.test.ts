import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../api.ts';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';

const PROGRAM = join(import.meta.dirname, 'files', 'grafana.mjs');
const SOURCE = '{ name: Metrics, type: prometheus, uid: metrics, isDefault: true, url: "$METRICS" }';
const DASHBOARD = { title: 'Nodes', uid: 'nodes', panels: [{ datasource: { type: 'prometheus', uid: 'metrics' } }] };

let folder: string;
let grafana: ChildProcess | undefined;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-grafana-'));
  [port = 0] = await freePorts(1);
  write(
    'grafana.ini',
    '[security]\nadmin_password = $__file{PASSWORD}\n'.replace('PASSWORD', join(folder, 'password')),
  );
  write('password', 'secret\n');
  write('provisioning/datasources/all.yaml', `apiVersion: 1\ndatasources: [${SOURCE}]\n`);
  const provider = `{ name: files, options: { path: ${join(folder, 'dashboards')} } }`;
  write('provisioning/dashboards/all.yaml', `apiVersion: 1\nproviders: [${provider}]\n`);
  // As a ConfigMap is mounted: links into a hidden folder.
  write('dashboards/..data/nodes.json', JSON.stringify(DASHBOARD));
  symlinkSync('..data/nodes.json', join(folder, 'dashboards/nodes.json'));
});

afterEach(async () => {
  if (grafana?.exitCode === null) {
    grafana.kill();
    await once(grafana, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Starts it. @returns what it wrote to standard error, if it ended by itself */
async function start(env: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const paths = { CONFIG: 'grafana.ini', DATA: '', PROVISIONING: 'provisioning' };
  grafana = spawn(process.execPath, [PROGRAM], {
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [`GF_PATHS_${name}`, join(folder, path)])),
      GF_SERVER_HTTP_PORT: String(port),
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      METRICS: 'http://metrics.invalid:9090',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  grafana.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const running = () => get('/api/health').then(({ status }) => status === 200);
  const ended = () => grafana?.exitCode !== null;
  await waitFor(async () => ended() || (await running().catch(() => false)), 10);
  if (ended()) return said;
  return undefined;
}

async function get(path: string, password?: string): Promise<{ status: number; text: string }> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    redirect: 'manual',
    ...(password !== undefined && { headers: { authorization } }),
  });
  return { status: response.status, text: await response.text() };
}

describe('the stand-in for Grafana', () => {
  it('serves its health and its metrics to all, and what is provisioned to who signs in', async () => {
    expect(await start()).toBeUndefined();
    expect(JSON.parse((await get('/api/health')).text)).toMatchObject({ database: 'ok' });
    const { text } = await get('/metrics');
    expect(text).toMatch(/^grafana_build_info\{.*\} 1$/m);
    expect(text).toMatch(/^grafana_stat_totals_dashboard 1$/m);
    expect((await get('/api/datasources')).status).toBe(401);
    expect((await get('/api/datasources', 'admin')).status).toBe(401);
    expect(JSON.parse((await get('/api/datasources', 'secret')).text)).toMatchObject([
      { uid: 'metrics', url: 'http://metrics.invalid:9090' },
    ]);
    expect(JSON.parse((await get('/api/search', 'secret')).text)).toEqual([{ title: 'Nodes', uid: 'nodes', tags: [] }]);
  });

  it('asks data sources whether they answer', async () => {
    let status = 200;
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address() as { port: number };
    try {
      await start({ METRICS: `http://127.0.0.1:${address.port}/` });
      const health = () => get('/api/datasources/uid/metrics/health', 'secret');
      expect(JSON.parse((await health()).text)).toEqual({ status: 'OK' });
      expect(asked).toEqual(['/api/v1/query?query=1']);
      status = 503;
      expect(await health()).toEqual({ status: 400, text: '{"status":"ERROR","message":"it answers 503"}' });
    } finally {
      server.close();
    }
  });

  it.each([
    ['nodes.json: ', 'dashboards/..data/nodes.json', '{'],
    ['it needs a title', 'dashboards/..data/nodes.json', '{}'],
    ['the uid a b is not of at most 40', 'dashboards/..data/nodes.json', '{ "title": "A", "uid": "a b" }'],
    ['two dashboards have the uid nodes', 'dashboards/twin.json', JSON.stringify(DASHBOARD)],
    [
      'there is no data source loki',
      'dashboards/logs.json',
      JSON.stringify({ title: 'Logs', templating: { list: [{ datasource: { uid: 'loki' } }] } }),
    ],
    ['it needs apiVersion: 1', 'provisioning/datasources/all.yaml', 'datasources: []'],
    [
      'more than one data source is the default',
      'provisioning/datasources/more.yaml',
      'apiVersion: 1\ndatasources: [{ name: More, type: loki, isDefault: true }]',
    ],
    [
      'it needs a name and a type',
      'provisioning/datasources/more.yaml',
      'apiVersion: 1\ndatasources: [{ name: More }]',
    ],
    [
      'dashboard provider more: ',
      'provisioning/dashboards/more.yaml',
      'apiVersion: 1\nproviders: [{ name: more, options: { path: /nowhere } }]',
    ],
  ])('ends with what is wrong: %s', async (message, path, text) => {
    write(path, text);
    expect(await start()).toContain(message);
    expect(grafana?.exitCode).toBe(1);
  });

  it('ends without the folder of its database', async () => {
    expect(await start({ GF_PATHS_DATA: join(folder, 'absent') })).toContain('ENOENT');
  });
});
