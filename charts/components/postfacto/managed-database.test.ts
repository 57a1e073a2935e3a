import { describe, expect, it } from 'vitest';
import { clusterSchema } from '../../cluster-file.ts';
import { createCloud, factsOf } from '../../cloud/clouds.ts';
import { compose } from '../../cluster.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { INVARIANTS } from '../../../test/invariants/all.ts';
import { type ClusterObjects, named } from '../../../test/lib/cluster-objects.ts';
import { renderTestCluster } from '../../../test/lib/fleet.ts';
import { loadTestFleet } from '../../../test/lib/load-fleet.ts';
import { repository } from '../../../test/fleets/repository.ts';
import { postfactoSettings } from './settings.ts';

const NAME = 'postfacto';
const fleet = await loadTestFleet();
const model = fleet.find(({ settings }) => settings.postfacto?.[NAME]?.database === 'managed')!;
const managed = renderTestCluster(model);
const kindCluster = fleet.find(({ settings }) => settings.cloud === 'kind')!;
const { databases } = model.cloud;

const inNamespace = ({ objects }: ClusterObjects, kind: string): Manifest[] =>
  objects.flatMap(({ manifest }) => (manifest.kind === kind && manifest.metadata.namespace === NAME ? [manifest] : []));
const namesOf = (objects: readonly Manifest[]): string[] => objects.map(({ metadata }) => metadata.name).toSorted();

/** The cluster with other settings; rendering is what finds their faults. */
function composed(cluster: typeof model, changed: object, cloud = cluster.cloud): unknown {
  const settings = clusterSchema.parse({ ...cluster.settings, ...changed });
  return compose({ ...cluster, settings, cloud }, repository);
}

describe('with a managed database', () => {
  it('there is no PostgreSQL in the cluster: no set, no claim, no certificate, no generated password of one', () => {
    expect(namesOf(inNamespace(managed, 'StatefulSet'))).toEqual([]);
    expect(namesOf(inNamespace(managed, 'PersistentVolumeClaim'))).toEqual([]);
    expect(namesOf(inNamespace(managed, 'Certificate'))).toEqual([]);
    expect(namesOf(inNamespace(managed, 'PushSecret'))).toEqual(['admin', 'session', 'valkey']);
    expect(namesOf(inNamespace(managed, 'ConfigMap'))).toEqual(['postfacto']);
    expect(namesOf(inNamespace(managed, 'Service'))).toEqual(['postfacto-stable', 'postfacto-valkey']);
  });

  it('the connection string is made of facts and of the entry that people keep, and verifies the server', () => {
    const secret = named(managed, 'ExternalSecret', NAME, NAME);
    expect(textAt(secret, 'spec', 'target', 'template', 'data', 'DATABASE_URL')).toBe(
      'postgres://app:{{ .database }}@test-eks-postfacto.c0example.eu-north-1.rds.amazonaws.com:5432/app' +
        '?sslmode=verify-full&sslrootcert=/run/authority/ca.crt&pool=15',
    );
    expect(listAt(secret, 'spec', 'data')).toContainEqual({
      secretKey: 'database',
      remoteRef: { key: 'test-eks-postfacto-database', property: 'password' },
    });
    expect(at(named(managed, 'ExternalSecret', NAME, 'postfacto-database'), 'spec', 'data')).toEqual([
      { secretKey: 'authority', remoteRef: { key: 'test-eks-postfacto-database', property: 'ca.crt' } },
    ]);
  });

  it.each([
    ['Deployment', 'postfacto-stable'],
    ['Job', 'postfacto-migrate'],
    ['Job', 'postfacto-admin'],
  ])('%s %s mounts the authority, and may call the addresses of the database', (kind, name) => {
    const pod = at(named(managed, kind, NAME, name), 'spec', 'template', 'spec');
    expect(listAt(pod, 'volumes')).toContainEqual({
      name: 'authority',
      secret: { secretName: 'postfacto-database', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
    expect(listAt(pod, 'containers', 0, 'volumeMounts')).toContainEqual(
      expect.objectContaining({ mountPath: '/run/authority' }),
    );
    const cidrs = databases?.[NAME]?.cidrs ?? [];
    expect(cidrs).toHaveLength(3);
    expect(listAt(named(managed, 'NetworkPolicy', NAME, name), 'spec', 'egress')).toContainEqual({
      to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
      ports: [{ protocol: 'TCP', port: 5432 }],
    });
  });

  it('the migrations wait for it, and reconcile no roles', () => {
    const containers = listAt(
      named(managed, 'Job', NAME, 'postfacto-migrate'),
      'spec',
      'template',
      'spec',
      'initContainers',
    );
    expect(containers.map((one) => at(one, 'name'))).toEqual(['wait']);
    expect(JSON.stringify(containers)).toContain('--host=test-eks-postfacto.c0example.eu-north-1.rds.amazonaws.com');
  });

  it('web pods are replaced when its authorities change', () => {
    const web = named(managed, 'Deployment', NAME, 'postfacto-stable');
    const rolls = textAt(web, 'metadata', 'annotations', 'secret.reloader.stakater.com/reload');
    expect(rolls?.split(',')).toContain('postfacto-database');
  });

  it('alerts are those of the broker alone', () => {
    const alerts = inNamespace(managed, 'PrometheusRule').map((rule) => JSON.stringify(rule));
    expect(alerts.join()).toContain('ValkeyDown');
    expect(alerts.join()).not.toMatch(/Postgres|pg_/);
  });

  it('no invariant is violated', () => {
    expect(INVARIANTS.flatMap(({ check }) => check(managed))).toEqual([]);
  });
});

describe('a managed database is refused', () => {
  const postfacto = { adminEmail: 'ops@example.net', database: 'managed' };

  it('on a cloud that has none', () => {
    expect(() => composed(kindCluster, { postfacto })).toThrow(
      'the database of postfacto is "managed", but this cloud has no managed databases',
    );
  });

  it('without its facts, saying what there is', () => {
    expect(() => composed(model, { postfacto: { sales: postfacto } })).toThrow(
      /the database of postfacto-sales is "managed", but facts.json has none for it in "databases"[^]*seen: postfacto\n/,
    );
  });

  it('without the entry of the store that has its password', () => {
    expect(() => composed(model, { secrets: ['alerts', 'ledger-hook'] })).toThrow(
      'component postfacto reads the secret "postfacto-database" of the store, which the cluster does not declare',
    );
  });

  it.each([{ size: '5Gi' }, { dumpSize: '5Gi' }, { postgres: {} }])(
    'with a setting of the one in the cluster: %j',
    (of) => {
      expect(postfactoSettings.safeParse({ ...postfacto, ...of }).error?.message).toContain('has no effect');
    },
  );
});

describe('facts of databases', () => {
  const facts = (of: object): object => ({
    region: 'eu-north-1',
    vpc_cidr: '10.201.0.0/16',
    service_cidr: '172.20.0.0/16',
    hosted_zone_id: 'Z0TEST0000000000000',
    backup_bucket: 'test-eks-backups',
    backup_kms_key_arn: 'arn:aws:kms:eu-north-1:000000000000:key/0',
    databases: { postfacto: { host: 'db.example.net', database: 'app', user: 'app', cidrs: ['10.0.0.0/24'], ...of } },
  });

  it('have 5432 as their port', () => {
    const cloud = createCloud('eks', { name: 'x', domain: 'example.net' }, factsOf('eks').parse(facts({})));
    expect(cloud.databases?.[NAME]?.port).toBe(5432);
  });

  it.each([{ host: '10.0.0.1' }, { cidrs: [] }, { cidrs: ['10.0.0.1'] }, { user: 'a@b' }, { database: 'a/b' }])(
    'are wrong with %j',
    (of) => {
      expect(factsOf('eks').safeParse(facts(of)).success).toBe(false);
    },
  );
});
