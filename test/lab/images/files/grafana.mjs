// The lab's stand-in for Grafana: it starts only with valid provisioning, signs people in by password, and says what it has.
import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { provisioned, settings } from './grafana-provisioning.mjs';

const { env } = process;
const VERSION = 'lab';
/** How often Grafana reads dashboards again. */
const REREAD_MS = 10_000;
const TIMEOUT_MS = 5000;

/** Paths of data sources that answer without a question, by type. */
const HEALTH = { prometheus: '/api/v1/query?query=1', alertmanager: '/api/v2/status' };

const setting = settings(env, readFileSync(env.GF_PATHS_CONFIG ?? '/etc/grafana/grafana.ini', 'utf8'));
// Grafana's database is there.
accessSync(setting('paths', 'data', '/var/lib/grafana'), constants.W_OK);
const folder = setting('paths', 'provisioning', '/etc/grafana/provisioning');
const user = setting('security', 'admin_user', 'admin');
const password = setting('security', 'admin_password', 'admin');
const anonymous = setting('auth.anonymous', 'enabled') === 'true';

let { sources, dashboards } = provisioned(folder, env);
setInterval(() => {
  try {
    ({ dashboards } = provisioned(folder, env));
  } catch (error) {
    console.error(`grafana: the dashboards stay as they were: ${error.message}`);
  }
}, REREAD_MS).unref();

const server = createServer(async (request, response) => {
  const { status = 200, type = 'application/json', headers, body = '' } = await answer(request);
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}).listen(Number(setting('server', 'http_port', '3000')), setting('server', 'http_addr', '0.0.0.0'));
console.log(`grafana: ${sources.length} data sources, ${dashboards.length} dashboards`);

process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

async function answer(request) {
  const [path] = request.url.split('?');
  if (path === '/api/health') return { body: { database: 'ok', version: VERSION, commit: '' } };
  if (path === '/metrics') return { type: 'text/plain; version=0.0.4', body: metrics() };
  if (path === '/') return { status: 302, headers: { location: '/login' } };
  if (path === '/login') return { type: 'text/html', body: '<!doctype html><title>Grafana</title>A stand-in.\n' };
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (!anonymous && request.headers.authorization !== basic) return { status: 401, body: { message: 'Unauthorized' } };
  if (path === '/api/datasources')
    return {
      body: sources.map(({ name, type, uid, url, isDefault = false }) => ({ name, type, uid, url, isDefault })),
    };
  if (path === '/api/search') return { body: dashboards.map(({ title, uid, tags = [] }) => ({ title, uid, tags })) };
  const [, uid] = /^\/api\/datasources\/uid\/([^/]+)\/health$/.exec(path) ?? [];
  const source = sources.find((one) => one.uid === uid);
  return source ? health(source) : { status: 404, body: { message: 'Not found' } };
}

/** Asks a data source something that it can always answer. */
async function health({ type, url }) {
  try {
    const { status } = await fetch(`${url.replace(/\/$/, '')}${HEALTH[type] ?? '/'}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (status === 200) return { body: { status: 'OK' } };
    return { status: 400, body: { status: 'ERROR', message: `it answers ${status}` } };
  } catch (error) {
    return { status: 400, body: { status: 'ERROR', message: String(error.cause ?? error) } };
  }
}

function metrics() {
  return [
    '# TYPE grafana_build_info gauge',
    `grafana_build_info{version="${VERSION}",edition="oss"} 1`,
    '# TYPE grafana_stat_totals_dashboard gauge',
    `grafana_stat_totals_dashboard ${dashboards.length}`,
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${(Date.now() / 1000 - process.uptime()).toFixed(3)}`,
    '',
  ].join('\n');
}
