import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { checkSizes, immutableChanges } from '../../charts/render/volumes.ts';

function claim(size: string, storageClassName = 'fast'): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-mongo-0', namespace: 'mongo' },
    spec: { storageClassName, resources: { requests: { storage: size } } },
  };
}

function set(size: string): Manifest {
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim(size)['spec'] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'mongo', namespace: 'mongo' },
    spec: { volumeClaimTemplates },
  };
}

function check(was: string, size: string, { expands = true, storageClassName = 'fast' } = {}): void {
  const cluster = {
    name: 'example',
    settings: {},
    cloud: { storage: { storageClassName: 'fast' }, storageClass: { existingBecause: 'a test', expands } },
  } as unknown as Parameters<typeof checkSizes>[0];
  const file = { component: 'mongo', path: '', manifest: claim(size, storageClassName) };
  checkSizes(cluster, [file], was ? [claim(was)] : []);
}

describe('the size of a volume', () => {
  it.each([
    ['', '1Gi'],
    ['10Gi', '10Gi'],
    ['10Gi', '10240Mi'],
    ['1.5Gi', '1536Mi'],
    ['10Gi', '20Gi'],
    ['10G', '10Gi'],
    ['1e9', '1G'],
    ['1Ti', '1Pi'],
  ])('may change from "%s" to "%s"', (was, size) => {
    expect(() => check(was, size)).not.toThrow();
  });

  it.each([
    ['20Gi', '10Gi'],
    ['10Gi', '10G'],
    ['1Pi', '1023Ti'],
  ])('may not change from %s to %s', (was, size) => {
    expect(() => check(was, size)).toThrow(
      `PersistentVolumeClaim mongo/data-mongo-0 would shrink, which no volume can\n  at:   PersistentVolumeClaim mongo/data-mongo-0\n  seen: ${size}; dist has ${was}\n  fix:  ask for ${was} or more; if`,
    );
  });

  it('may not grow in a class that does not allow it', () => {
    expect(() => check('10Gi', '20Gi', { expands: false })).toThrow(
      'PersistentVolumeClaim mongo/data-mongo-0 would grow, which StorageClass fast does not allow',
    );
    expect(() => check('10Gi', '10Gi', { expands: false })).not.toThrow();
  });

  it('may grow in a class that is not that of the cloud, of which nothing is known', () => {
    expect(() => check('10Gi', '20Gi', { expands: false, storageClassName: 'own' })).not.toThrow();
  });
});

describe('what the API server refuses to change', () => {
  it('are claim templates: the command has the StatefulSet created again around its pods', () => {
    expect(immutableChanges([set('1Gi')], [set('10Gi')])).toEqual([
      'the claim templates of StatefulSet mongo/mongo change: where it runs, push, then kubectl delete statefulset mongo --namespace mongo --cascade=orphan',
    ]);
    expect(immutableChanges([set('1Gi')], [set('1Gi')])).toEqual([]);
    expect(immutableChanges([set('1Gi')], [])).toEqual([]);
  });

  it('is the class of a claim, but not its size', () => {
    expect(immutableChanges([claim('1Gi', 'retain')], [claim('1Gi', 'fast')])).toEqual([
      'the class of PersistentVolumeClaim mongo/data-mongo-0 changes from fast to retain: where it is bound, move it first',
    ]);
    expect(immutableChanges([claim('2Gi')], [claim('1Gi')])).toEqual([]);
  });
});
