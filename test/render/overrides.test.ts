import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import type { Part } from '../../charts/order/order.ts';
import type { Override } from '../../charts/overrides.ts';
import { pathOf } from '../../charts/render/changes.ts';
import { Overrides } from '../../charts/render/overrides.ts';

const BECAUSE = 'the load test of May';

function overridesOf(...list: readonly Pick<Override, 'object' | 'patch'>[]): Overrides {
  return new Overrides(
    list.map((one) => ({ ...one, because: BECAUSE })),
    (i) => `cluster.ts:${i + 1}`,
  );
}

function deployment(spec: object = { replicas: 2 }): Manifest {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'web' }, spec };
}

const ROLE: Manifest = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' } };

function part(...manifests: readonly Manifest[]): Part {
  return { name: 'web', manifests };
}

/** The objects of one component after these overrides. */
function applied(manifests: readonly Manifest[], ...list: readonly Pick<Override, 'object' | 'patch'>[]): unknown[] {
  const [result] = overridesOf(...list).applyTo([part(...manifests)]);
  return [...result!.manifests];
}

describe('an override', () => {
  it('changes only the object that it names', () => {
    const other = { ...deployment(), kind: 'StatefulSet' };
    expect(applied([deployment(), other], { object: 'Deployment web/web', patch: { spec: { replicas: 3 } } })).toEqual([
      deployment({ replicas: 3 }),
      other,
    ]);
  });

  it('names an object without a namespace by kind and name', () => {
    const patch = [{ op: 'add', path: '/rules', value: [] }] as const;
    expect(applied([ROLE], { object: 'ClusterRole web', patch: [...patch] })).toEqual([{ ...ROLE, rules: [] }]);
  });

  it('keeps keys in the conventional order, and no empty labels', () => {
    const labelled = { ...deployment(), metadata: { ...deployment().metadata, labels: { a: 'b' } } };
    const patch = {
      spec: { template: { spec: { image: 'x', name: 'n' } }, paused: true },
      data: {},
      metadata: { labels: { a: null } },
    };
    expect(JSON.stringify(applied([labelled], { object: 'Deployment web/web', patch }))).toBe(
      JSON.stringify([
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'web' },
          data: {},
          spec: { paused: true, replicas: 2, template: { spec: { name: 'n', image: 'x' } } },
        },
      ]),
    );
  });

  it('is followed by explicit dependencies', () => {
    const [from, to] = [deployment(), ROLE];
    const overrides = overridesOf(
      { object: 'Deployment web/web', patch: { spec: { replicas: 3 } } },
      { object: 'ClusterRole web', patch: { rules: [] } },
    );
    const [result] = overrides.applyTo([{ ...part(from, to), stated: [[from, to]] }]);
    expect(result!.stated![0]![0]).toBe(result!.manifests[0]);
    expect(result!.stated![0]![1]).toBe(result!.manifests[1]);
    expect(result!.manifests[0]).not.toBe(from);
  });

  it('reports its changes, its reason and its place', () => {
    const overrides = overridesOf({ object: 'Deployment web/web', patch: { spec: { replicas: 3 } } });
    overrides.applyTo([part(deployment())]);
    const [report] = overrides.report();
    expect(report).toMatchObject({ object: 'Deployment web/web', because: BECAUSE });
    expect(report!.changes.map((change) => [pathOf(change), change.before, change.after])).toEqual([
      ['spec.replicas', 2, 3],
    ]);
    expect(report!.place()).toBe('cluster.ts:1');
  });

  it('may name an object that a later step renders', () => {
    const overrides = overridesOf({ object: 'Deployment web/web', patch: { spec: { replicas: 3 } } });
    overrides.applyTo([part(ROLE)]);
    expect(overrides.applyTo([part(deployment())])[0]!.manifests).toEqual([deployment({ replicas: 3 })]);
    expect(overrides.report()).toHaveLength(1);
  });
});

describe('two overrides of one object', () => {
  it('apply in the order of the file', () => {
    expect(
      applied(
        [deployment()],
        { object: 'Deployment web/web', patch: { spec: { args: ['--a'] } } },
        { object: 'Deployment web/web', patch: [{ op: 'add', path: '/spec/args/-', value: '--b' }] },
      ),
    ).toEqual([deployment({ replicas: 2, args: ['--a', '--b'] })]);
  });

  it('fail if they set one field to different values, naming both', () => {
    const run = (): unknown =>
      applied(
        [deployment()],
        { object: 'Deployment web/web', patch: { spec: { replicas: 3 } } },
        { object: 'apps/Deployment web/web', patch: { spec: { replicas: 4 } } },
      );
    expect(run).toThrow(
      'override of apps/Deployment web/web: another one sets spec.replicas to a different value\n  at:   cluster.ts:2\n  seen: 3 in cluster.ts:1, 4 here',
    );
  });

  it('fail if the second restores what the first has changed', () => {
    const run = (): unknown =>
      applied(
        [deployment()],
        { object: 'Deployment web/web', patch: { spec: { replicas: 3 } } },
        { object: 'Deployment web/web', patch: { spec: { replicas: 2 } } },
      );
    expect(run).toThrow('another one sets spec.replicas to a different value');
  });
});

describe('an ambiguous name', () => {
  const other = { ...deployment(), apiVersion: 'example.com/v1' };
  const core = { ...deployment(), apiVersion: 'v1' };
  const patch = { spec: { replicas: 3 } };

  it('fails, and asks for the group', () => {
    expect(() => applied([deployment(), other], { object: 'Deployment web/web', patch })).toThrow(
      'override of Deployment web/web: several objects have this name\n  at:   cluster.ts:1\n  seen: Deployment web/web\n  fix:  name the group too: "apps/Deployment web/web" or "example.com/Deployment web/web"',
    );
  });

  it('fails if a later step renders the second object', () => {
    const overrides = overridesOf({ object: 'Deployment web/web', patch });
    overrides.applyTo([part(deployment())]);
    expect(() => overrides.applyTo([part(other)])).toThrow('several objects have this name');
  });

  it.each(['apps', 'example.com', 'core'])('is resolved by the group %s', (group) => {
    const objects = [deployment(), other, core];
    const results = applied(objects, { object: `${group}/Deployment web/web`, patch });
    expect(results.filter((result, i) => result !== objects[i])).toEqual([
      { ...objects[['apps', 'example.com', 'core'].indexOf(group)], spec: { replicas: 3 } },
    ]);
  });
});

describe('mistakes', () => {
  it.each<[string, Override['patch']]>([
    ['apiVersion', { apiVersion: 'apps/v2' }],
    ['kind', { kind: 'StatefulSet' }],
    ['metadata.name', [{ op: 'replace', path: '/metadata/name', value: 'other' }]],
    ['metadata.namespace', { metadata: { namespace: 'other' } }],
    ['metadata.name', { metadata: null }],
    ['metadata.name', [{ op: 'remove', path: '/metadata' }]],
  ])('a changed %s is one', (path, patch) => {
    expect(() => applied([deployment()], { object: 'Deployment web/web', patch })).toThrow(
      `override of Deployment web/web: it cannot change ${path}, which identifies the object`,
    );
  });

  it('are reported all at once, each with its place', () => {
    const run = (): unknown =>
      applied(
        [deployment()],
        { object: 'Deployment web/web', patch: { spec: { replicas: 2 } } },
        { object: 'Deployment web/web', patch: [{ op: 'remove', path: '/spec/none' }] },
      );
    expect(run).toThrow(/it changes nothing\n {2}at: {3}cluster\.ts:1\n[^]*has no "none"\n {2}at: {3}cluster\.ts:2\n/);
  });

  it.each([
    ['Deployment web/wbe', 'did you mean "Deployment web/web"?'],
    ['Deployment other/name', 'use one of: Deployment web/web'],
    ['Deploymet web/web', 'did you mean "Deployment web/web"?'],
    ['app/Deployment web/web', 'did you mean "apps/Deployment web/web"?'],
    ['CronJob web/clean-up', 'look for the object in dist/: no CronJob is there'],
  ])('of the name %s are answered', (object, fix) => {
    const overrides = overridesOf({ object, patch: { spec: {} } });
    overrides.applyTo([part(deployment(), ROLE)]);
    expect(() => overrides.report()).toThrow(
      `override of ${object}: this cluster has no such object\n  at:   cluster.ts:1\n  fix:  ${fix}`,
    );
  });
});
