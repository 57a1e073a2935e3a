import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { releases, releasesText } from '../../cli/releases.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

const MANIFEST = 'apiVersion: v1\n';
const HASH = createHash('sha256').update(MANIFEST).digest('hex');
const FILE = 'manifests/install.yaml';
const OTHER = '0'.repeat(64);

let fleet: FleetFolder;
let commit: string;
let files = '';
const server = createServer((request, response) => {
  if (request.url === `/example/tool/v1.0.0/${FILE}`) response.end(MANIFEST);
  // Never answered.
  else if (request.url?.includes('/v2.0.0/') === false) response.writeHead(404).end();
});

/** A repository as GitHub has it, with an annotated tag, whose own id is not that of its commit. */
beforeEach(async () => {
  fleet = new FleetFolder();
  const folder = join(fleet.root, 'hosts', 'example', 'tool.git');
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=it', '-c', 'user.email=it@example.com', ...args], { cwd: folder }).toString();
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '--message=first');
  git('tag', '--annotate', '--message=v1.0.0', 'v1.0.0');
  commit = git('rev-parse', 'HEAD').trim();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  files = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  fleet.remove();
});

const PIN = { datasource: 'github-tags', packageName: 'example/tool', version: 'v1.0.0' } as const;

async function run(pin: Partial<Pin>, write = false): Promise<string> {
  fleet.add('a', LAPTOP, { pins: { tool: { ...PIN, ...pin } } });
  const servers = { git: join(fleet.root, 'hosts'), files };
  return releasesText(await releases(fleet, ['a'], { write, servers, timeoutMs: 1000 }));
}

const written = (): Pin =>
  (JSON.parse(readFileSync(join(fleet.root, 'clusters/pins/a/tool.json'), 'utf8')) as { tool: Pin }).tool;

it('prints the commit of a tag, and writes nothing unless it is asked to', async () => {
  expect(await run({})).toBe(`a: 1 release\n  tool (example/tool v1.0.0): ${commit}`);
  expect(written()).toEqual(PIN);
});

it('writes the commit in place of the reason why it was not known', async () => {
  expect(await run({ unpinnedBecause: 'offline' }, true)).toContain('clusters/pins/a/tool.json: wrote 2 changes');
  expect(written()).toEqual({ ...PIN, digest: commit });
  expect(Object.keys(written())).toEqual(['datasource', 'packageName', 'version', 'digest']);
});

it('says that a tag was moved', async () => {
  const old = '1'.repeat(40);
  expect(await run({ digest: old })).toContain(
    `${commit}, but clusters/pins/a/tool.json has ${old}: the version was edited, or the tag was moved`,
  );
});

it('compares the files that bootstrap applies', async () => {
  expect(await run({ digest: commit, files: { [FILE]: OTHER } }, true)).toContain(
    `  tool (${FILE} of v1.0.0): ${HASH}, but clusters/pins/a/tool.json has ${OTHER}`,
  );
  expect(written().files).toEqual({ [FILE]: HASH });
  expect(await run(written(), true)).toBe('a: 1 release\na: unchanged');
});

it.each([
  ['a tag that does not exist', { version: 'v9.9.9' }, 'has no tag v9.9.9'],
  ['a repository that does not exist', { packageName: 'example/none' }, 'git cannot read'],
  ['a file that does not exist', { files: { 'none.yaml': OTHER } }, 'answers 404'],
  ['a server that does not answer', { version: 'v2.0.0', files: { [FILE]: OTHER } }, 'did not answer within 1 s'],
])('says what is unknown of %s, and keeps what the pin has', async (_, pin, message) => {
  expect(await run(pin, true)).toContain(message);
  expect(written().files).toEqual((pin as Partial<Pin>).files);
});

it('leaves out archives, which have a checksum of their own', async () => {
  expect(await run({ sha256: OTHER })).toBe('a: 0 releases');
});
