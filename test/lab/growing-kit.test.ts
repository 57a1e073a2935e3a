import { getPriority } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import { FakeGo } from './build/fake-go.ts';
import { kit } from './build.ts';
import { GrowingKit } from './growing-kit.ts';

let go: FakeGo;
let said: string[];
const ending = new Map<FakeGo, AbortController>();

beforeEach(() => {
  go = FakeGo.working();
  said = [];
});

afterEach(() => {
  ending.get(go)?.abort();
  go.remove();
});

const FIRST = ['etcd', 'kube-apiserver'] as const;
const LATER = ['argocd', 'cert-manager'] as const;

function open() {
  const controller = new AbortController();
  ending.set(go, controller);
  const say = (line: string) => said.push(line);
  return GrowingKit.open({ say, env: go.env, signal: controller.signal, first: FIRST, later: LATER });
}

it('opens with the CRDs and no program; each is ready once it is built, one after the other by need', async () => {
  go.hold();
  const growing = await open();
  expect(growing.upstreams.length).toBeGreaterThan(0);
  await expect.poll(() => go.builds()).toEqual(['begins etcd']);
  const ready: string[] = [];
  const waits = [...LATER, ...FIRST].map(async (name) => ready.push((await growing.ready(name)).split('/').at(-1)!));
  expect(growing.isBuilding()).toBe(true);
  go.let('etcd');
  await expect.poll(() => ready).toEqual(['etcd']);
  await expect.poll(() => go.builds()).toEqual(['begins etcd', 'ends etcd', 'begins kube-apiserver']);
  expect([growing.awaited('etcd'), growing.awaited('argocd')]).toEqual([undefined, 'building']);
  go.let('kube-apiserver', ...LATER);
  await Promise.all(waits);
  const order = [...FIRST, ...LATER];
  expect(go.builds()).toEqual(order.flatMap((name) => [`begins ${name}`, `ends ${name}`]));
  expect(go.niceness('kube-apiserver')).toBe(getPriority());
  expect(go.niceness('argocd')).toBe(Math.min(getPriority() + 10, 19));
  await expect.poll(() => growing.isBuilding()).toBe(false);
  expect(growing.unbuilt()).toEqual([]);
  expect(said.find((line) => line.startsWith('Building'))).toContain(order.join(', '));
  expect(said).toContain('  argocd (3 of 4) …');
  expect(said.filter((line) => /^ {2}argocd \(3 of 4\): ready after \d+ s$/.test(line))).toHaveLength(1);
});

it('builds what nobody has named once it is asked for, and nothing else', async () => {
  const growing = await open();
  await growing.ready('cert-manager');
  expect(growing.awaited('traefik')).toBe('building');
  await growing.ready('traefik');
  expect(growing.awaited('traefik')).toBeUndefined();
  expect(go.builds().filter((line) => line.startsWith('begins'))).toHaveLength(FIRST.length + LATER.length + 1);
});

it('a failed build is named with its cause and what to do; the others go on, and it is taken once it is there', async () => {
  go.break('argocd');
  const growing = await open();
  let isReady = false;
  const waiting = growing.ready('argocd').then(() => (isReady = true));
  await growing.ready('cert-manager');
  await expect.poll(() => growing.isBuilding()).toBe(false);
  expect(growing.awaited('argocd')).toBe('unbuilt');
  expect(growing.unbuilt()).toEqual(['argocd']);
  const failure = said.find((line) => line.startsWith('argocd cannot be built'));
  for (const part of ['modules/control-plane', 'argocd.go:1: no such thing', 'npm run lab -- build'])
    expect(failure).toContain(part);
  expect(isReady).toBe(false);
  go.mend('argocd');
  await kit({ say: () => {}, env: go.env, programs: ['argocd'] });
  await waiting;
  expect(growing.awaited('argocd')).toBeUndefined();
  expect(growing.unbuilt()).toEqual([]);
});

it('if what nothing runs without cannot be built, that is the error, and nothing more is built', async () => {
  go.break('kube-apiserver');
  const growing = await open();
  await growing.ready('etcd');
  const error = await growing.ready('kube-apiserver').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Fault);
  expect((error as Fault).message).toContain('kube-apiserver cannot be built');
  expect(growing.isBuilding()).toBe(false);
  expect(go.builds()).toEqual(['begins etcd', 'ends etcd', 'begins kube-apiserver']);
});

it('without Go all that is there is used, and what is asked for later is named with the reason', async () => {
  await kit({ say: () => {}, env: go.env, programs: [...FIRST, ...LATER] });
  const env = { ...go.env, PATH: go.folder };
  const growing = await GrowingKit.open({ say: (line) => said.push(line), env, first: FIRST, later: LATER });
  for (const name of [...FIRST, ...LATER]) await growing.ready(name);
  expect(said).toEqual([]);
  expect(growing.awaited('traefik')).toBe('building');
  await expect.poll(() => growing.awaited('traefik')).toBe('unbuilt');
  expect(said.join()).toMatch(/^traefik cannot be built: .* needs Go 1/);
});

it('an abort ends the build and whoever waits for it, and leaves no partial files', async () => {
  go.hold();
  const growing = await open();
  const waiting = growing.ready('argocd');
  await expect.poll(() => go.builds()).toEqual(['begins etcd']);
  ending.get(go)?.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect.poll(() => growing.isBuilding()).toBe(false);
  expect(go.cached().filter((name) => name.startsWith('building-'))).toEqual([]);
});

it('asks Go for nothing once all is built, nor with LAB_BIN', async () => {
  const all = await kit({ say: () => {}, env: go.env });
  const before = go.calls().length;
  const growing = await open();
  expect(growing.folder).toBe(all.folder);
  for (const name of [...FIRST, ...LATER]) await growing.ready(name);
  const given = await GrowingKit.open({ say: () => {}, env: { LAB_BIN: all.folder }, first: FIRST, later: LATER });
  expect(await given.ready('argocd')).toBe(`${all.folder}/argocd`);
  expect(go.calls()).toHaveLength(before);
});
