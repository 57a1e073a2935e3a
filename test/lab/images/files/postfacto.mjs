// The lab's stand-in for Postfacto: the commands that the manifests run, with a real table in the real database and
// the real Redis protocol. It is called as `bundle exec rake TASK` and `bundle exec rails server -b HOST -p PORT`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import postgres from 'postgres';
import { WebSocketServer } from 'ws';

const PID_FILE = 'tmp/pids/server.pid';
const TIMEOUT_SECONDS = 5;
const PING_MS = 3000;

const [program, command, ...rest] = process.argv.slice(2);

if (program !== 'exec') fail(`it does not know bundle ${program ?? ''}`);
else if (command === 'rake' && rest[0] === 'db:migrate') await inDatabase(migrate);
else if (command === 'rake' && rest[0] === 'admin:create_user') await inDatabase(createAdmin);
else if (command === 'rails' && rest[0] === 'server') serve(rest.slice(1));
else fail(`it does not know bundle exec ${[command, ...rest].join(' ')}`);

/** Runs a task with a connection; its failure is the process's. */
async function inDatabase(task) {
  const sql = database();
  try {
    await task(sql);
  } catch (error) {
    console.error(`postfacto: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await sql.end({ timeout: TIMEOUT_SECONDS });
  }
}

async function migrate(sql) {
  await sql`CREATE TABLE IF NOT EXISTS admin_users (
    email text PRIMARY KEY, encrypted_password text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`;
  await sql`CREATE TABLE IF NOT EXISTS retros (id serial PRIMARY KEY, name text NOT NULL)`;
  console.log('postfacto: the tables are there');
}

/** Like the original, it leaves an existing user's password as it is. */
async function createAdmin(sql) {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('ADMIN_EMAIL and ADMIN_PASSWORD must be set');
  const created = await sql`INSERT INTO admin_users (email, encrypted_password)
    VALUES (${email}, sha256(${password}::bytea)::text) ON CONFLICT DO NOTHING RETURNING email`;
  console.log(`postfacto: ${email} ${created.length > 0 ? 'was created' : 'exists already'}`);
}

function serve(args) {
  const host = optionOf(args, '-b') ?? 'localhost';
  const port = Number(optionOf(args, '-p') ?? 3000);
  if (!process.env.SECRET_KEY_BASE) return fail('SECRET_KEY_BASE must be set');
  mkdirSync('tmp/pids', { recursive: true });
  try {
    // As in Rails, a file that is left over prevents a start.
    writeFileSync(PID_FILE, String(process.pid), { flag: 'wx' });
  } catch (error) {
    return fail(error.code === 'EEXIST' ? `A server is already running. Check ${PID_FILE}.` : error.message);
  }
  const server = createServer((request, response) => void respond(request, response));
  cable(server);
  server.listen(port, host, () => console.log(`postfacto: listening on ${host}:${port}`));
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, () => {
      rmSync(PID_FILE, { force: true });
      process.exit(0);
    });
}

/** A page, the client's configuration, and what the dependencies answer; the original has no such path. */
async function respond(request, response) {
  const { DISABLE_SSL_REDIRECT } = process.env;
  if (DISABLE_SSL_REDIRECT === undefined && request.headers['x-forwarded-proto'] !== 'https') {
    response.writeHead(301, { location: `https://${request.headers.host}${request.url}` }).end();
  } else if (request.url === '/config.js') {
    response.setHeader('content-type', 'text/javascript').end(readFileSync('client/config.js'));
  } else if (request.url === '/lab/dependencies') {
    const [sql, redis] = await Promise.all([answerOf(askDatabase), answerOf(askRedis)]);
    const status = sql.ok && redis.ok ? 200 : 503;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ database: sql, redis })}\n`);
  } else {
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>Postfacto</title><p>Played by the lab.\n');
  }
}

/** The path of Action Cable: a greeting, then a ping every three seconds. Other origins than the host are refused. */
function cable(server) {
  const { ACTION_CABLE_HOST } = process.env;
  const sockets = new WebSocketServer({
    server,
    path: '/cable',
    handleProtocols: (offered) => (offered.has('actioncable-v1-json') ? 'actioncable-v1-json' : false),
    verifyClient: ({ origin }) => !origin || !ACTION_CABLE_HOST || new URL(origin).host === ACTION_CABLE_HOST,
  });
  sockets.on('connection', (socket) => {
    const send = (message) => socket.send(JSON.stringify(message));
    send({ type: 'welcome' });
    const beat = setInterval(() => send({ type: 'ping', message: Math.floor(Date.now() / 1000) }), PING_MS);
    socket.on('close', () => clearInterval(beat)).on('error', () => socket.terminate());
  });
}

async function answerOf(ask) {
  try {
    return { ok: true, answer: await ask() };
  } catch (error) {
    return { ok: false, answer: error.message || error.code || String(error) };
  }
}

async function askDatabase() {
  const sql = database();
  try {
    const [{ admins }] = await sql`SELECT count(*)::int AS admins FROM admin_users`;
    return `${admins} admins`;
  } finally {
    await sql.end({ timeout: TIMEOUT_SECONDS });
  }
}

/** Signs in with the URL's password, and sends PING. */
function askRedis() {
  const { hostname, port, username, password } = new URL(process.env.REDIS_URL ?? 'redis://localhost:6379');
  return new Promise((done, failed) => {
    const user = username === '' ? [] : [decodeURIComponent(username)];
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    socket.setTimeout(TIMEOUT_SECONDS * 1000, () => socket.destroy(new Error('Redis does not answer')));
    socket.on('error', failed).on('close', () => failed(new Error('Redis closed the connection')));
    if (password !== '') socket.write(encoded(['AUTH', ...user, decodeURIComponent(password)]));
    socket.write(encoded(['PING']));
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
      const answer = text.split('\r\n').find((line) => line.startsWith('-') || line === '+PONG');
      if (answer === undefined) return;
      if (answer === '+PONG') done('PONG');
      else failed(new Error(answer.slice(1)));
      socket.destroy();
    });
  });
}

/** A command in Redis' protocol. */
function encoded(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

function database() {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error('DATABASE_URL must be set');
  const { searchParams } = new URL(DATABASE_URL);
  const authority = searchParams.get('sslmode') === 'verify-full' ? searchParams.get('sslrootcert') : undefined;
  // Rails' own options in the URL, such as the size of its pool, would be sent to the server.
  return postgres(DATABASE_URL.replace(/\?.*$/, ''), {
    // As libpq does with these parameters: the chain and the host name.
    ssl: authority ? { ca: readFileSync(authority) } : false,
    max: 1,
    connect_timeout: TIMEOUT_SECONDS,
    onnotice: () => undefined,
  });
}

function optionOf(args, name) {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function fail(why) {
  console.error(`postfacto: ${why}`);
  process.exitCode = 1;
}
