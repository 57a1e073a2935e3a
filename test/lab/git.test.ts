import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { git, GitHosts, type Push } from './git.ts';
import { publish } from './publish.ts';

const FLEET = { url: 'https://git.example.net/tests/fleet.git', revision: 'main' };

let scratch: string;
let hosts: GitHosts;
let checkout: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'slipway-lab-git-'));
  hosts = new GitHosts(join(scratch, 'git'));
  hosts.create(FLEET.url, FLEET.revision);
  checkout = join(scratch, 'checkout');
  for (const cluster of ['one', 'two']) mkdirSync(join(checkout, 'dist', cluster), { recursive: true });
  for (const cluster of ['one', 'two']) writeFileSync(join(checkout, 'dist', cluster, 'a.yaml'), `${cluster}\n`);
  git(checkout, 'init', '--quiet', '--initial-branch', 'main');
  git(checkout, 'add', '--all');
  git(checkout, 'commit', '--quiet', '--message', 'Begin');
});
afterEach(() => {
  hosts.close();
  rmSync(scratch, { recursive: true });
});

const push = (branch: string): string =>
  git(checkout, 'push', '--quiet', hosts.pathOf(FLEET.url), `HEAD:refs/heads/${branch}`);

describe("a push to the lab's Git host", () => {
  it('is told once for each branch, also of one in a folder, with the files that it has changed', async () => {
    const told: Push[] = [];
    hosts.onPush(hosts.pathOf(FLEET.url), (one) => told.push(one));
    push('main');
    const begin = git(checkout, 'rev-parse', 'HEAD').trim();
    writeFileSync(join(checkout, 'dist', 'two', 'a.yaml'), 'changed\n');
    git(checkout, 'commit', '--quiet', '--all', '--message', 'Change');
    push('main');
    push('clusters/two');
    const changed = git(checkout, 'rev-parse', 'HEAD').trim();
    await vi.waitFor(() => expect(told).toHaveLength(3));
    const [first, second, third] = told;
    expect(first).toMatchObject({ branch: 'main', after: begin, changed: ['dist/one/a.yaml', 'dist/two/a.yaml'] });
    expect(second).toEqual({ branch: 'main', before: begin, after: changed, changed: ['dist/two/a.yaml'] });
    expect(third).toMatchObject({
      branch: 'clusters/two',
      after: changed,
      changed: ['dist/one/a.yaml', 'dist/two/a.yaml'],
    });
  });
});

describe("a client of the lab's Git host", () => {
  /** Programs that this process has started and waits for. */
  const running = (): number => process.getActiveResourcesInfo().filter((one) => one === 'ProcessWrap').length;

  /** Begins a request, and goes away once Git serves it: in the midst of its own body, or of the answer's. */
  async function leaves(options: RequestOptions, body: string, isAnswered: boolean): Promise<void> {
    const before = running();
    const server = createServer(hosts.handler(GitHosts.hostOf(FLEET.url)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const req = request({ ...options, host: '127.0.0.1', port });
    req.on('error', () => undefined);
    const answered = new Promise<void>((resolve) => req.on('response', (res) => resolve(void res.pause())));
    if (isAnswered) req.end(body);
    else req.write(body);
    await vi.waitFor(() => expect(running()).toBe(before + 1), 10_000);
    if (isAnswered) await answered;
    req.destroy();
    await vi.waitFor(() => expect(running()).toBe(before), 10_000);
    await new Promise((resolve) => server.close(resolve));
  }

  const UPLOAD = {
    method: 'POST',
    path: `${new URL(FLEET.url).pathname}/git-upload-pack`,
    headers: { 'content-type': 'application/x-git-upload-pack-request', 'content-length': '100000' },
  };

  it('leaves no program behind if it is killed while it asks', async () => {
    push('main');
    await leaves(UPLOAD, '0', false);
  });

  it('leaves no program behind if it is killed while it is answered', async () => {
    // More than the buffers between Git and the client hold, and nothing that compression makes smaller.
    writeFileSync(join(checkout, 'large'), randomBytes(16 << 20));
    git(checkout, 'add', '--all');
    git(checkout, 'commit', '--quiet', '--message', 'Large');
    push('main');
    const want = `0032want ${git(checkout, 'rev-parse', 'HEAD').trim()}\n00000009done\n`;
    const headers = { ...UPLOAD.headers, 'content-length': String(want.length) };
    await leaves({ ...UPLOAD, headers }, want, true);
  });
});

describe('what the lab publishes', () => {
  const filesOf = (url: string, branch: string): string =>
    git(hosts.pathOf(url), 'ls-tree', '-r', '--name-only', branch).trim();

  it('is the dist of the cluster alone, on its branch', () => {
    push('main');
    publish(hosts, { ...FLEET, published: { revision: 'clusters/{cluster}' } }, 'two');
    expect(filesOf(FLEET.url, 'clusters/two')).toBe('dist/two/a.yaml');
  });

  it('is in the repository of the cluster, if it has one', () => {
    const url = 'https://git.example.net/tests/fleet-two.git';
    hosts.create(url, 'main');
    push('main');
    publish(hosts, { ...FLEET, published: { url: 'https://git.example.net/tests/fleet-{cluster}.git' } }, 'two');
    expect(filesOf(url, 'main')).toBe('dist/two/a.yaml');
  });

  it('is nothing without the setting', () => {
    push('main');
    publish(hosts, FLEET, 'two');
    expect(git(hosts.pathOf(FLEET.url), 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });
});
