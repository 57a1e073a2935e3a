import { join } from 'node:path';
import { expect, test } from 'vitest';
import { at, groupOf, label, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { resourceNameOf } from '../../../charts/kinds/index.ts';
import { needsOf } from '../../../charts/order/needs.ts';
import { offersOf } from '../../../charts/order/offers.ts';
import { readManifests } from '../control-plane.ts';
import { KINDS } from '../mirror.ts';
import { forbiddenOf, type Write, writesOf } from './audit.ts';
import { type Rehearsal, say } from './rehearsal.ts';

/** Tests of a cluster that has just come up: no retries, and in dependency order. */
export function testStartupOrder(rehearsal: () => Rehearsal): void {
  test('every Application becomes Synced and Healthy without a retry or a refused write', async () => {
    const { plane } = rehearsal().lab;
    const applications = await plane.api.list(KINDS.applications);
    expect(applications.map(({ metadata }) => metadata.name)).toContain('root');
    expect(unfinished(applications)).toEqual([]);
    expect(refusals(writesOf(plane.audit))).toEqual([]);
  });

  testPermissions(rehearsal);
  testOrder(rehearsal);
}

/** A test that objects were applied in dependency order. */
export function testOrder(rehearsal: () => Rehearsal): void {
  test('no object is applied before what it needs', () => {
    const { checkout, lab } = rehearsal();
    const dist = readManifests(join(checkout.folder, 'dist', lab.props.cluster.name));
    const writes = writesOf(lab.plane.audit);
    // Applied at the handover, before the root, and unchanged since.
    expect(neverApplied(dist, writes)).toEqual(
      ['argocd-cm', 'argocd-cmd-params-cm', 'argocd-gpg-keys-cm'].map((name) => `ConfigMap argocd/${name}`),
    );
    const { pairs, wrong } = orderViolations(dist, writes);
    say(`${pairs} needs checked, ${writes.length} writes`);
    expect(pairs).toBeGreaterThan(dist.length);
    expect(wrong).toEqual([]);
  });
}

/** A test that until now no pod has lacked a right. */
export function testPermissions(rehearsal: () => Rehearsal): void {
  test('no ServiceAccount is forbidden what its program asks of the API server', () => {
    expect(forbiddenOf(rehearsal().lab.plane.audit)).toEqual([]);
  });
}

/** Descriptions of refused writes. */
function refusals(writes: readonly Write[]): string[] {
  return writes.filter(({ code }) => code >= 400).map(({ says }) => says);
}

/** Applications whose last operation needed a retry or failed. */
function unfinished(applications: readonly Manifest[]): string[] {
  return applications.flatMap((application) => {
    const operation = at(application, 'status', 'operationState');
    const how = { retries: at(operation, 'retryCount') ?? 0, phase: at(operation, 'phase') ?? 'Succeeded' };
    return how.retries === 0 && how.phase === 'Succeeded'
      ? []
      : [`${application.metadata.name}: ${JSON.stringify(how)}`];
  });
}

/** Descriptions of objects that were applied before one they need, and the number of pairs checked. */
function orderViolations(
  manifests: readonly Manifest[],
  writes: readonly Write[],
): { readonly pairs: number; readonly wrong: string[] } {
  const applied = new Map<string, number>();
  for (const { object, time, code } of writes) if (code < 300 && !applied.has(object)) applied.set(object, time);
  const providers = new Map<string, Manifest[]>();
  for (const manifest of manifests)
    for (const { key } of offersOf(manifest)) providers.set(key, [...(providers.get(key) ?? []), manifest]);
  const wrong: string[] = [];
  let pairs = 0;
  for (const manifest of manifests) {
    for (const need of needsOf(manifest).filter(({ when }) => when !== 'eventually')) {
      for (const provider of (providers.get(need.wants) ?? []).filter((one) => one !== manifest)) {
        const [first, then] = [applied.get(keyOf(provider)), applied.get(keyOf(manifest))];
        pairs++;
        // Objects that the bootstrap applied have no first write of Argo CD.
        if (then !== undefined && first !== undefined && first > then)
          wrong.push(`${label(manifest)} was applied before ${label(provider)}: it needs ${need.says}`);
      }
    }
  }
  return { pairs, wrong };
}

/** Objects in dist that Argo CD never applied. */
function neverApplied(manifests: readonly Manifest[], writes: readonly Write[]): string[] {
  const applied = new Set(writes.filter(({ code }) => code < 300).map(({ object }) => object));
  return manifests.filter((manifest) => !applied.has(keyOf(manifest))).map((manifest) => label(manifest));
}

function keyOf(manifest: Manifest): string {
  return [
    groupOf(manifest),
    resourceNameOf(manifest),
    textAt(manifest, 'metadata', 'namespace') ?? '',
    manifest.metadata.name,
  ].join('/');
}
