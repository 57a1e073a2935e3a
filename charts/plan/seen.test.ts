import { describe, expect, it } from 'vitest';
import { configMap, deployment } from '../../test/plan/objects.ts';
import type { Manifest } from '../lib/manifest.ts';
import { compareTrees } from './compare.ts';
import { normaliserOf } from './group.ts';
import type { Entry } from './model.ts';
import { hasAlready, type OwnSnapshot } from './seen.ts';
import { TreeSnapshot } from './snapshot.ts';

const fileOf = (manifest: Manifest) => ({
  path: `app/${manifest.kind}.${manifest.metadata.name}.yaml`,
  manifest: () => manifest,
});

function cluster(name: string, ...manifests: readonly Manifest[]): OwnSnapshot {
  const normalise = normaliserOf({ cluster: name, values: { domain: `${name}.example.com` } });
  return { normalise, snapshot: new TreeSnapshot(manifests.map(fileOf)) };
}

/** The one change of a cluster from some objects to others. */
function changeOf(before: readonly Manifest[], after: readonly Manifest[]): Entry {
  const [was, is] = [before.map(fileOf), after.map(fileOf)];
  const changed = new Set([...was, ...is].map(({ path }) => path));
  const { entries } = compareTrees({ name: 'production', before: was, after: is, changed });
  const [entry, ...others] = entries.filter(({ verdict }) => verdict !== 'same');
  if (!entry || others.length > 0) throw new Error(`${entries.length} changes instead of one`);
  return entry;
}

/** Whether staging has the change of production already. */
const isSeen = (before: readonly Manifest[], after: readonly Manifest[], staging: readonly Manifest[]): boolean =>
  hasAlready(changeOf(before, after), cluster('production', ...after), cluster('staging', ...staging));

const image = (version: string, spec: object = {}): Manifest =>
  deployment(
    {},
    { template: { spec: { containers: [{ name: 'app', image: `ghcr.io/example/app:${version}` }] } }, ...spec },
  );

describe('what the ring before has already', () => {
  it.each([
    ['the same value of each field that changes', [image('2')], true],
    ['another value of it', [image('1')], false],
    ['the same value, and other fields of its own', [image('2', { replicas: 9 })], true],
    ['no such object', [], false],
  ])('is judged by %s', (_, staging, seen) => {
    expect(isSeen([image('1')], [image('2')], staging)).toBe(seen);
  });

  it('takes names and domains of clusters for the same', () => {
    const of = (name: string) => configMap({ url: `https://app.${name}.example.com`, cluster: name });
    expect(isSeen([configMap({})], [of('production')], [of('staging')])).toBe(true);
    expect(isSeen([configMap({})], [of('production')], [of('production')])).toBe(false);
  });

  it('has a new object only if all of it is the same', () => {
    const config = configMap({ a: '1' });
    expect(isSeen([image('1')], [image('1'), config], [config])).toBe(true);
    expect(isSeen([image('1')], [image('1'), config], [configMap({ a: '2' })])).toBe(false);
  });

  it('has a removal if it has the component without the object', () => {
    const config = configMap({ a: '1' });
    expect(isSeen([image('1'), config], [image('1')], [image('1')])).toBe(true);
    expect(isSeen([image('1'), config], [image('1')], [image('1'), config])).toBe(false);
    expect(isSeen([image('1'), config], [image('1')], [])).toBe(false);
  });

  it('has a field that goes only if the field is gone there', () => {
    const paused = image('1', { paused: true });
    expect(isSeen([paused], [image('1')], [image('1')])).toBe(true);
    expect(isSeen([paused], [image('1')], [paused])).toBe(false);
  });
});
