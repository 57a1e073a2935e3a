import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Ended, TemporaryRepository } from '../lib/temporary-repository.ts';

const repository = await TemporaryRepository.make();
const cluster = 'clusters/test-aks/cluster.ts';
const claim = join(repository.dist, 'test-aks', 'mongo', 'PersistentVolumeClaim.data-mongo-0.yaml');
const set = join(repository.dist, 'test-aks', 'mongo', 'StatefulSet.mongo.yaml');

afterEach(() => repository.restore());
afterAll(() => repository.remove());

/** Renders with another size of MongoDB's volumes. */
const synth = (size: string): Promise<Ended> =>
  repository.spoiling(
    cluster,
    (text) => text.replace("mongo: { size: '10Gi'", `mongo: { size: '${size}'`),
    () => repository.run('synth', 'test-aks'),
  );

describe('the size of a volume that dist has', () => {
  it('grows in the claim and where the drill restores it, and nothing else changes', async () => {
    const before = repository.contents();
    expect((await synth('20Gi')).code).toBe(0);
    const after = repository.contents();
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([
      ...[0, 1, 2].map((i) => `test-aks/mongo/PersistentVolumeClaim.data-mongo-${i}.yaml`),
      'test-aks/restore-drill/ConfigMap.restore-drill.yaml',
    ]);
    expect(readFileSync(claim, 'utf8')).toContain('storage: 20Gi');
  });

  it('does not shrink: the message names the line of the setting, and dist is unchanged', async () => {
    const before = repository.contents();
    const { code, stderr } = await synth('5Gi');
    expect(stderr).toMatch(
      /PersistentVolumeClaim mongo\/data-mongo-0 would shrink, which no volume can\n {2}at: {3}clusters\/test-aks\/cluster\.ts:\d+\n {2}seen: 5Gi; dist has 10Gi\n/,
    );
    expect(code).toBe(1);
    expect(repository.contents()).toEqual(before);
  });
});

describe('synth prints what people have to do in a running cluster', () => {
  it('about a template that says the size, as before claims were objects of their own', async () => {
    writeFileSync(set, readFileSync(set, 'utf8').replace('storage: 1Gi', 'storage: 10Gi'));
    const { stdout } = await repository.run('synth', 'test-aks');
    expect(stdout).toContain(
      'test-aks: the claim templates of StatefulSet mongo/mongo change: where it runs, push, then kubectl delete statefulset mongo --namespace mongo --cascade=orphan (docs/runbooks/grow-a-volume.md)',
    );
    expect((await repository.run('synth', 'test-aks')).stdout).not.toContain('claim templates');
  });

  it('about a claim of another class', async () => {
    writeFileSync(claim, readFileSync(claim, 'utf8').replace('premium-retain', 'managed-csi-premium'));
    const { stdout } = await repository.run('synth', 'test-aks');
    expect(stdout).toContain(
      'test-aks: the class of PersistentVolumeClaim mongo/data-mongo-0 changes from managed-csi-premium to premium-retain: where it is bound, move it first (docs/runbooks/grow-a-volume.md)',
    );
  });
});
