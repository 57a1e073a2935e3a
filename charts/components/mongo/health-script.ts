/**
 * The mongosh script that asks a member for its state again and again, and answers probes with it over HTTP. mongosh takes over a second
 * of CPU time to start, so it is started once and not for each probe.
 */
export const HEALTH_SCRIPT = `// Serves /readyz and /livez of the member in this pod, and / of itself.
const { createServer } = require('node:http');

const { URI, PORT } = process.env;
const EVERY_MS = 2000;
// How old its last state may be.
const READY_MS = 10000;
const ALIVE_MS = 20000;
// Longer than the time limits of the connection add up to.
const TURN_MS = 60000;

let turned = Date.now();
let asked = 0;
let serves = false;

createServer(({ url }, response) => {
  const age = Date.now() - asked;
  const ok = {
    '/readyz': serves && age < READY_MS,
    // A member that never answered may be one that this script is not able to ask: that is no reason to restart it.
    '/livez': asked === 0 || age < ALIVE_MS,
    '/': Date.now() - turned < TURN_MS,
  }[url];
  const state = (serves ? 'primary or secondary' : 'neither primary nor secondary') + ', ' + age + ' ms ago';
  response.writeHead(ok ? 200 : 503).end(asked === 0 ? 'no answer yet' : state);
}).listen(Number(PORT));

for (let connection; ; sleep(EVERY_MS)) {
  turned = Date.now();
  try {
    if (!connection) connection = connect(URI);
    // Needs no authentication, and is answered during a resync too.
    const { isWritablePrimary, secondary } = connection.hello();
    serves = Boolean(isWritablePrimary || secondary);
    asked = Date.now();
  } catch (error) {
    print(error.message);
  }
}
`;
