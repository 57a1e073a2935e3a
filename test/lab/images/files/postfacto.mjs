// Plays Postfacto: the commands that manifests run in its image, and a server on real databases.
//   bundle exec rake db:migrate | admin:create_user
//   bundle exec rails server -b ADDRESS -p PORT
// The page at `/` asks neither database, as upstream's does not. /lab/dependencies says what both answer, /lab/retros lists
// and takes (POST) names that are kept in PostgreSQL, /cable is a WebSocket that echoes.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import postgres from '../node_modules/postgres/src/index.js';
import { WebSocketServer } from '../node_modules/ws/wrapper.mjs';

const TIMEOUT_SECONDS = 5;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { b: { type: 'string', short: 'b' }, p: { type: 'string', short: 'p' } },
});
const command = positionals.join(' ');

function variable(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`postfacto: the variable ${name} is not set`);
    process.exit(1);
  }
  return value;
}

/** Rails' options in the URL, such as the size of its pool, are none of the server's. */
const database = () =>
  postgres(variable('DATABASE_URL').replace(/\?.*$/, ''), {
    max: 5,
    connect_timeout: TIMEOUT_SECONDS,
    onnotice: () => undefined,
  });

/** Signs in to Redis or Valkey and asks whether it works (RESP2). */
function ping() {
  const { hostname, port, password } = new URL(variable('REDIS_URL'));
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 6379), hostname);
    socket.setTimeout(TIMEOUT_SECONDS * 1000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('connect', () => socket.write(`${password ? `AUTH ${decodeURIComponent(password)}\r\n` : ''}PING\r\n`));
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
      const error = /^-(.*)\r$/m.exec(answer)?.[1];
      if (error === undefined && !answer.includes('+PONG')) return;
      socket.destroy();
      if (error === undefined) resolve('ok');
      else reject(new Error(error));
    });
  });
}

const COMMANDS = {
  'exec rake db:migrate': async () => {
    const sql = database();
    await sql`CREATE TABLE IF NOT EXISTS admin_users (email text PRIMARY KEY, password text NOT NULL)`;
    await sql`CREATE TABLE IF NOT EXISTS retros (name text PRIMARY KEY)`;
    await sql.end();
  },
  'exec rake admin:create_user': async () => {
    const sql = database();
    const password = createHash('sha256').update(variable('ADMIN_PASSWORD')).digest('hex');
    // As upstream: by address, and a later password changes nothing.
    await sql`INSERT INTO admin_users VALUES (${variable('ADMIN_EMAIL')}, ${password}) ON CONFLICT DO NOTHING`;
    await sql.end();
  },
  'exec rails server': serve,
};

async function serve() {
  variable('SECRET_KEY_BASE');
  const origin = `https://${variable('ACTION_CABLE_HOST')}`;
  const sql = database();
  const paths = {
    'GET /': () => '<!doctype html><title>Postfacto</title>',
    'GET /lab/retros': async () => (await sql`SELECT name FROM retros ORDER BY name`).map(({ name }) => name),
    'POST /lab/retros': async (name) => {
      await sql`INSERT INTO retros VALUES (${name}) ON CONFLICT DO NOTHING`;
      return [name];
    },
    'GET /lab/dependencies': async () => {
      const [postgresql, redis] = await Promise.all(
        [sql`SELECT 1`.then(() => 'ok'), ping()].map((asked) => asked.catch((error) => error.message)),
      );
      return { postgresql, redis };
    },
  };
  const server = createServer(async (req, res) => {
    if (req.headers['x-forwarded-proto'] !== 'https' && !process.env.DISABLE_SSL_REDIRECT)
      return res.writeHead(301, { location: `https://${req.headers.host}${req.url}` }).end();
    const handler = paths[`${req.method} ${req.url}`];
    if (!handler) return res.writeHead(404).end();
    let body = '';
    for await (const part of req) body += part;
    try {
      const answer = await handler(body);
      const isText = typeof answer === 'string';
      res.setHeader('content-type', isText ? 'text/html' : 'application/json');
      return res.end(isText ? answer : JSON.stringify(answer));
    } catch (error) {
      return res.writeHead(500).end(error.message);
    }
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    if (req.url !== '/cable' || req.headers.origin !== origin) return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    return sockets.handleUpgrade(req, socket, head, (client) =>
      client.on('message', (data) => client.send(String(data))),
    );
  });
  mkdirSync('tmp/pids', { recursive: true });
  writeFileSync('tmp/pids/server.pid', String(process.pid), { flag: 'wx' });
  server.listen(Number(values.p), values.b);
  process.on('SIGTERM', () => process.exit(0));
}

if (!COMMANDS[command]) {
  console.error(`postfacto: bundle ${command} is not played: only ${Object.keys(COMMANDS).join(', ')}`);
  process.exit(1);
}
await COMMANDS[command]();
