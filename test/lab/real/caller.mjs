// Requests from where it runs, as JSON on standard input:
//   { url, address, ca, headers, body, connections, interval }
// `address` is where the host of the URL is reached; with a `body`, an object, the request is a POST. Without `connections` it prints one response. With it, as many
// clients repeat the request, each `interval` ms after its last answer, until standard input ends: then it prints what
// they got, counted by outcome, with the longest time of an answer.
import { request as plain, Agent as PlainAgent } from 'node:http';
import { request as secure, Agent as SecureAgent } from 'node:https';
import { createInterface } from 'node:readline';

// A new pod is ready before every node's network policies know it. Until then connections to it are tried again, after one
// second, two, four and eight: slow, but not lost.
const TIMEOUT_MS = 30_000;

let first;
for await (const line of createInterface({ input: process.stdin })) {
  first = JSON.parse(line);
  break;
}
const { url, address, ca, headers = {}, body, connections, interval = 0 } = first;
const { protocol, hostname, pathname, search } = new URL(url);
const [host, port] = address.split(':');
const isSecure = protocol === 'https:';

if (connections === undefined) {
  console.log(JSON.stringify(await send(agent())));
  process.exit();
}
const outcomes = {};
let slowest = 0;
const ending = new AbortController();
process.stdin.resume();
process.stdin.on('end', () => ending.abort());
await Promise.all(
  Array.from({ length: connections }, async () => {
    const mine = agent();
    while (!ending.signal.aborted) {
      const started = performance.now();
      const outcome = await send(mine).then(
        ({ status }) => String(status),
        (error) => error.code ?? error.message,
      );
      slowest = Math.max(slowest, performance.now() - started);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (interval > 0) await new Promise((resolve) => setTimeout(resolve, interval));
    }
    mine.destroy();
  }),
);
console.log(JSON.stringify({ outcomes, slowest: Math.round(slowest) }));
process.exit();

function agent() {
  return new (isSecure ? SecureAgent : PlainAgent)({ keepAlive: true, maxSockets: 1 });
}

/** A server may close an idle connection just when it is used again: clients then send once more (RFC 9110, 9.2.2). */
function send(using) {
  return attempt(using).catch((error) => {
    if (error.reused && error.code === 'ECONNRESET') return attempt(using);
    throw error;
  });
}

function attempt(using) {
  return new Promise((resolve, reject) => {
    const req = (isSecure ? secure : plain)(
      {
        host,
        port,
        path: `${pathname}${search}`,
        agent: using,
        timeout: TIMEOUT_MS,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: hostname, ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(isSecure && { servername: hostname, ca }),
      },
      (res) => {
        const parts = [];
        res.on('data', (part) => parts.push(part));
        res.on('error', reject);
        res.on('end', () =>
          resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts).toString() }),
        );
      },
    );
    req.on('timeout', () => req.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    req.on('error', (error) => reject(Object.assign(error, { reused: req.reusedSocket })));
    req.end(body && JSON.stringify(body));
  });
}
