import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../charts/cluster-file.ts';
import { SYNC_WAVE } from '../../charts/lib/argo.ts';
import type { Override } from '../../charts/overrides.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { INVARIANTS } from '../invariants/all.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const fleet = await loadTestFleet();
const original = fleet.find(({ name }) => name === 'test-aks')!;

/** The cluster with one override. */
function overridden(object: string, patch: Override['patch']): Cluster {
  const settings = { ...original.settings, overrides: [{ object, patch, because: 'the load test of May' }] };
  return { ...original, settings };
}

/** The lines of dist that an override changes, by file: removed ones, then added ones. */
function differences(object: string, patch: Override['patch']): Record<string, string[]> {
  const before = renderCluster(original, repository).files;
  const after = renderCluster(overridden(object, patch), repository).files;
  expect([...after.keys()]).toEqual([...before.keys()]);
  return Object.fromEntries(
    [...after].flatMap(([path, text]) => {
      const [old, now] = [before.get(path)!.split('\n'), text.split('\n')];
      const changed = [...old.filter((line) => !now.includes(line)), ...now.filter((line) => !old.includes(line))];
      return text === before.get(path) ? [] : [[path, changed]];
    }),
  );
}

/** What invariants say of the cluster with an override. */
function violations(object: string, patch: Override['patch']): string[] {
  const cluster = renderTestCluster(overridden(object, patch));
  return INVARIANTS.flatMap(({ name, check }) => check(cluster).map((sentence) => `${name}: ${sentence}`));
}

describe('an override of a rendered cluster', () => {
  it('changes exactly one file, and only the line of its field', () => {
    expect(differences('Deployment hello/hello', { spec: { replicas: 7 } })).toEqual({
      'hello/Deployment.hello.yaml': ['  replicas: 2', '  replicas: 7'],
    });
  });

  it('changes an Application', () => {
    expect(differences('Application argocd/hello', { spec: { revisionHistoryLimit: 3 } })).toEqual({
      'applications/Application.hello.yaml': ['  revisionHistoryLimit: 10', '  revisionHistoryLimit: 3'],
    });
  });

  it('of an ExternalSecret is part of what its namespace may read', () => {
    const patch = {
      spec: {
        data: [{ secretKey: 'password', remoteRef: { key: `${original.cloud.secretPrefix}smtp`, property: 'x' } }],
      },
    };
    const settings = { ...overridden('ExternalSecret ledger/ledger-mongo', patch).settings, secrets: ['smtp'] };
    const { files } = renderCluster({ ...original, settings }, repository);
    const policy = files.get('external-secrets/ValidatingAdmissionPolicy.secret-store-reads.yaml');
    expect(policy).toMatch(new RegExp(`"ledger": \\[[^\\]]*"${original.cloud.secretPrefix}smtp"`));
  });

  it('may state the sync wave of an object', () => {
    const patch = { metadata: { annotations: { [SYNC_WAVE]: '9' } } };
    expect(differences('Deployment ledger/ledger', patch)['ledger/Deployment.ledger.yaml']).toContain(
      `    ${SYNC_WAVE}: '9'`,
    );
    expect(violations('Deployment ledger/ledger', patch)).toContainEqual(
      expect.stringContaining('Deployment ledger/ledger has sync wave 9 instead of'),
    );
  });

  it('that meets every invariant leads to no violation', () => {
    expect(violations('Deployment hello/hello', { spec: { minReadySeconds: 10 } })).toEqual([]);
  });

  it.each<[string, string, Override['patch'], RegExp]>([
    [
      'a writable root file system',
      'Deployment hello/hello',
      [
        {
          op: 'replace',
          path: '/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem',
          value: false,
        },
      ],
      /Deployment hello\/hello/,
    ],
    [
      'a list replaced whole',
      'Deployment hello/hello',
      { spec: { template: { spec: { containers: [{ name: 'hello', image: 'hello:latest' }] } } } },
      /Deployment hello\/hello/,
    ],
    ['a wider Namespace', 'Namespace hello', { metadata: { labels: null } }, /Namespace hello/],
  ])('that breaks an invariant is reported: %s', (_, object, patch, violation) => {
    expect(violations(object, patch)).toContainEqual(expect.stringMatching(violation));
  });

  it('fails with a reference to a missing Secret, and names both ends', () => {
    const cluster = overridden('Deployment hello/hello', [
      { op: 'add', path: '/spec/template/spec/containers/0/envFrom', value: [{ secretRef: { name: 'smtp' } }] },
    ]);
    expect(() => renderCluster(cluster, repository)).toThrow(
      'Deployment hello/hello needs Secret hello/smtp, which nothing on this cluster provides',
    );
  });

  it('fails if it takes the volume of a backup away', () => {
    const cluster = overridden('Schedule velero/volumes', { spec: { template: { includedNamespaces: ['hello'] } } });
    expect(() => renderCluster(cluster, repository)).toThrow(/^volume ".*" of StatefulSet mongo\/.* is in no backup/);
  });

  it('is part of the order', () => {
    const after = (cluster: Cluster): string[] => [
      ...renderCluster(cluster, repository).order.after.get('hello')!.keys(),
    ];
    expect(after(original)).not.toContain('mongo');
    const reads = overridden('HTTPRoute hello/hello', [
      { op: 'add', path: '/spec/rules/0/backendRefs/0/namespace', value: 'mongo' },
      { op: 'replace', path: '/spec/rules/0/backendRefs/0/name', value: 'mongo' },
    ]);
    expect(after(reads)).toContain('mongo');
  });
});
