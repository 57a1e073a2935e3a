// Answers whoever connects, on the ports given as arguments.
import { createServer } from 'node:net';

for (const port of process.argv.slice(2))
  createServer((socket) => socket.on('error', () => socket.destroy()).end('outside\n')).listen(Number(port), '0.0.0.0');
