/**
 * The Git host of a cluster on kind, a process beside it: `https://github.com/…` as Argo CD asks for it. The repository
 * that the cluster syncs from is a bare one on this machine; every other request to the same hosts is sent on to the
 * real ones. Only these hosts are reached through it.
 */
import type { RequestListener } from 'node:http';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '../../charts/fleet/published.ts';
import { repository } from '../../clusters/fleet.ts';
import { GitHosts } from '../lab/git.ts';
import { Network } from '../lab/network.ts';
import { Authority } from '../lab/pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import { CLUSTER, FOLDER } from './place.ts';

/** Sends a request on to the real host. */
export function forward(host: string): RequestListener {
  return (req, res) => {
    const headers = { ...req.headers, host };
    const onward = request(`https://${host}${req.url}`, { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', (error) => {
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end(`${host}: ${error.message}\n`);
    });
    req.pipe(onward);
  };
}

/** Answers for one repository by the first handler, for every other by the second. */
export function either(path: string, own: RequestListener, other: RequestListener): RequestListener {
  const name = path.replace(/\.git$/, '');
  const isOwn = (url: string): boolean =>
    [name, `${name}.git`].some((start) => url === start || url.startsWith(`${start}/`));
  return (req, res) => (isOwn((req.url ?? '').split('?')[0] ?? '') ? own : other)(req, res);
}

/** Starts it. @param address where the nodes reach this machine @returns the port there */
async function serve(address: string, hosts: readonly string[]): Promise<number> {
  const network = new Network(new Authority(join(FOLDER, 'pki')), (await freePorts(2)) as [number, number]);
  const own = [repository, sourceOf(repository, CLUSTER)].map(({ url }) => new URL(url));
  const git = new GitHosts(join(FOLDER, 'git'));
  for (const host of hosts) {
    const here = own.filter((url) => url.host === host);
    network.serve(
      host,
      here.reduce((other, { pathname }) => either(pathname, git.handler(host), other), forward(host)),
    );
  }
  await network.listen();
  // Docker Desktop gives nodes a name for this machine's loopback; elsewhere the gateway is an address of this machine.
  const isHere = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
  const relay = createServer((socket) => {
    const inner = connect(Number(new URL(network.url).port), '127.0.0.1');
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  return new Promise((resolve, reject) => {
    relay.on('error', reject);
    relay.listen(0, isHere ? address : '127.0.0.1', () => resolve((relay.address() as { port: number }).port));
  });
}

// Started by cluster.ts, which waits for the port.
if (process.send && process.argv[1] === import.meta.filename) {
  const [address = '', ...hosts] = process.argv.slice(2);
  process.send(await serve(address, hosts));
}
