import { describe, expect, it } from 'vitest';
import { KUBE_DNS } from '../../cloud/cloud.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import { keepsData } from '../../lib/backup.ts';
import { NO_BACKUP } from '../../lib/no-backup.ts';
import { connect, podsOf } from '../../lib/network.ts';
import { ObjectStore } from './object-store.ts';
import { objectStoreSettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';

const SECRETS: SecretStore = {
  name: 'cluster',
  keyPrefix: 'local-',
  given: (name) => ({ name, remoteKey: name }),
};

function objectStore(): ObjectStore {
  return new ObjectStore('object-store', {
    image: 'seaweedfs:1',
    size: '10Gi',
    storage: { storageClassName: 'standard', annotations: { volumeType: 'local' } },
    secrets: SECRETS,
  });
}

function render(component = objectStore()): Record<string, Manifest> {
  component.dns = [KUBE_DNS];
  return Object.fromEntries(manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const container = (objects: Record<string, Manifest>): unknown =>
  at(objects['StatefulSet/object-store'], 'spec', 'template', 'spec', 'containers', 0);

describe('server', () => {
  it('disables telemetry and everything but S3', () => {
    expect(listAt(container(render()), 'args')).toEqual(
      expect.arrayContaining([
        '-master.telemetry=false',
        '-webdav=false',
        '-admin.ui=false',
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
        '-s3.iam=false',
      ]),
    );
  });

  it('serves metrics on the port that it declares', () => {
    const port = listAt(container(render()), 'ports').find((one) => textAt(one, 'name') === 'metrics');
    expect(listAt(container(render()), 'args')).toContain(`-metricsPort=${String(at(port, 'containerPort'))}`);
  });

  it('has one identity, with access to one bucket', () => {
    const config = textAt(render()['ExternalSecret/identities'], 'spec', 'target', 'template', 'data', 's3.json') ?? '';
    expect(JSON.parse(config)).toEqual({
      identities: [
        {
          name: 'velero',
          credentials: [{ accessKey: '{{ .accessKey }}', secretKey: '{{ .secretKey }}' }],
          actions: ['Read:velero', 'Write:velero', 'List:velero', 'Tagging:velero'],
        },
      ],
    });
  });

  it('mounts its identities', () => {
    const objects = render();
    const mounts = listAt(container(objects), 'volumeMounts').map((mount) => textAt(mount, 'mountPath'));
    const config = listAt(container(objects), 'args')
      .map(String)
      .find((arg) => arg.startsWith('-s3.config='));
    expect(mounts.map((path) => `-s3.config=${path}/s3.json`)).toContain(config);
  });

  it('has a volume that is kept and not backed up', () => {
    const component = objectStore();
    const objects = render(component);
    expect(keepsData(component)).toBe(false);
    expect(
      at(objects['StatefulSet/object-store'], 'spec', 'volumeClaimTemplates', 0, 'metadata', 'annotations'),
    ).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      volumeType: 'local',
      [NO_BACKUP]: 'it holds the backups',
    });
    expect(objects['Namespace/object-store']?.metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    });
  });
});

describe('connection', () => {
  it('has the Service, port and bucket of the server', () => {
    const component = objectStore();
    const { endpoint, bucket, server, credentials } = component.connection();
    const objects = render(component);
    const [service, port] = [
      objects['Service/object-store'],
      at(objects['Service/object-store'], 'spec', 'ports', 0, 'port'),
    ];
    expect(endpoint).toBe(`http://${service?.metadata.name}.${service?.metadata.namespace}.svc:${String(port)}`);
    expect(listAt(container(objects), 'args')).toContain(`-bucket=${bucket}`);
    expect(server).toMatchObject({
      pods: { namespace: 'object-store', labels: { 'app.kubernetes.io/name': 'object-store' } },
      ports: { s3: 8333 },
    });
    expect(credentials).toEqual({ remoteKey: 'local-object-store-keys', keys: ['accessKey', 'secretKey'] });
  });

  it('allows ingress from the pods of its client only', () => {
    const ingress = (component: ObjectStore): unknown =>
      at(render(component)['NetworkPolicy/object-store'], 'spec', 'ingress') ?? [];
    const open = objectStore();
    connect({ name: 'reports', pods: podsOf('reports'), ports: {} }, open.connection().server, 's3');
    expect(ingress(open)).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'reports' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'reports' } },
          },
        ],
        ports: [{ port: 8333, protocol: 'TCP' }],
      },
    ]);
    expect(ingress(objectStore())).toEqual([]);
  });

  it('is a backup target with path-style S3', () => {
    const target = objectStore().backupTarget();
    expect(target).toMatchObject({
      plugin: 'aws',
      bucket: 'velero',
      config: { s3ForcePathStyle: 'true', s3Url: target.store.endpoint },
    });
    expect(target.config.region).toBeTruthy();
    expect(target.snapshotDriver).toBeUndefined();
  });
});

it('settings reject a size without a unit', () => {
  expect(objectStoreSettings.parse({})).toEqual({ size: '20Gi' });
  expect(objectStoreSettings.safeParse({ size: '10GB' }).error?.issues[0]?.message).toBe(
    'must be a whole number with a unit, such as 10Gi or 512Mi',
  );
});
