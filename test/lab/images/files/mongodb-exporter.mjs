// The lab's stand-in for percona/mongodb_exporter: signs in as it does, and serves whether the server answers and the
// states of the replica set's members.
import { createServer } from 'node:http';
import { MongoClient } from 'mongodb';

const KNOWN = [
  '--mongodb.direct-connect',
  '--collector.replicasetstatus',
  '--collector.diagnosticdata',
  '--web.listen-address=',
  '--log.level=',
];

const args = process.argv.slice(2);
const unknown = args.find(
  (arg) => !KNOWN.some((known) => (known.endsWith('=') ? arg.startsWith(known) : arg === known)),
);
if (unknown !== undefined) {
  console.error(`mongodb_exporter: the lab's stand-in does not know the option ${unknown}`);
  process.exit(1);
}

const { MONGODB_URI = 'mongodb://127.0.0.1:27017/admin', MONGODB_USER, MONGODB_PASSWORD } = process.env;
const client = new MongoClient(MONGODB_URI, {
  ...(MONGODB_USER !== undefined && { auth: { username: MONGODB_USER, password: MONGODB_PASSWORD ?? '' } }),
  directConnection: args.includes('--mongodb.direct-connect'),
  serverSelectionTimeoutMS: 5000,
  maxPoolSize: 2,
});

const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    void metrics().then((text) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(text));
  } else if (request.url === '/') {
    response.setHeader('content-type', 'text/html').end('<a href="/metrics">Metrics</a>\n');
  } else {
    response.writeHead(404).end();
  }
});

const address = args.findLast((arg) => arg.startsWith('--web.listen-address='))?.split('=')[1] ?? ':9216';
server.listen(Number(address.split(':').at(-1)));

process.on('SIGTERM', () => process.exit(0));

/** Prometheus' text format. */
async function metrics() {
  try {
    const admin = client.db('admin');
    await admin.command({ ping: 1 });
    const members = args.includes('--collector.replicasetstatus') ? await memberStates(admin) : [];
    return [...gauge('mongodb_up', 1), ...members].join('');
  } catch (error) {
    console.error(`mongodb_exporter: ${error.message}`);
    return gauge('mongodb_up', 0).join('');
  }
}

async function memberStates(admin) {
  const { set, myState, members } = await admin.command({ replSetGetStatus: 1 });
  const lines = members.flatMap(({ name, state, stateStr }) => {
    const labels = `{member_idx="${name}",member_state="${stateStr}",rs_nm="${set}"}`;
    return [`mongodb_rs_members_state${labels} ${state}\n`];
  });
  return [...gauge('mongodb_rs_myState', myState), '# TYPE mongodb_rs_members_state gauge\n', ...lines];
}

function gauge(name, value) {
  return [`# TYPE ${name} gauge\n`, `${name} ${value}\n`];
}
