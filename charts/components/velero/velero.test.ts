import { describe, expect, it } from 'vitest';
import { VELERO_UPSTREAM } from '../../kinds/velero.ts';
import { Definitions } from '../../lib/definitions.ts';
import { type BackupTarget, KUBE_DNS } from '../../cloud/cloud.ts';
import { at, objectIdentity, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { HTTPS_ANYWHERE } from '../../lib/network.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { rolledBy } from '../../lib/rolls.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import { selects } from '../../order/offers.ts';
import { deriveOrder } from '../../order/order.ts';
import { capability } from '../../kinds/kind.ts';
import { ObjectStore } from '../object-store/object-store.ts';
import { Velero, type VeleroProps } from './velero.ts';
import { veleroSettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';

const SECRETS: SecretStore = {
  name: 'cluster',
  keyPrefix: '',
  given: (name) => ({ name, remoteKey: name }),
};

const SNAPSHOTS: BackupTarget = {
  plugin: 'azure',
  bucket: 'backups',
  config: { useAAD: 'true' },
  snapshotDriver: 'disk.csi.azure.com',
};
const FILES = new ObjectStore('object-store', {
  image: 'seaweedfs:1',
  size: '1Gi',
  storage: { storageClassName: 'standard' },
  secrets: SECRETS,
}).backupTarget();

const CLOUD: VeleroProps = {
  nodeAgent: {},
  startedPods: {},
  images: { server: 'velero:1', plugin: 'plugin:1' },
  upstream: newestUpstream('velero'),
  target: SNAPSHOTS,
  identity: {
    serviceAccountAnnotations: { id: 'client' },
    podLabels: { 'azure.workload.identity/use': 'true' },
    openings: [HTTPS_ANYWHERE],
  },
  secrets: SECRETS,
  namespaces: () => ['postfacto', 'mongo', 'mongo'],
  schedule: '0 2 * * *',
  retentionDays: 30,
};
const LOCAL: Partial<VeleroProps> = { target: FILES, identity: { openings: [] } };

/** The objects, by kind and name. */
function render(props: Partial<VeleroProps> = {}): Record<string, Manifest> {
  const component = new Velero({ ...CLOUD, ...props });
  component.dns = [KUBE_DNS];
  return Object.fromEntries(manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const cloud = render();
const local = render(LOCAL);
const BOTH: [string, Record<string, Manifest>][] = [
  ['with snapshots', cloud],
  ['with file-system backups', local],
];

const SERVER = 'Deployment/velero';
const AGENT = 'DaemonSet/node-agent';
const pod = (objects: Record<string, Manifest>, workload: string): unknown =>
  at(objects[workload], 'spec', 'template', 'spec');
const args = (objects: Record<string, Manifest>, workload: string): readonly unknown[] =>
  listAt(pod(objects, workload), 'containers', 0, 'args');
const backup = (objects: Record<string, Manifest>): unknown => at(objects['Schedule/volumes'], 'spec', 'template');
const json = (objects: Record<string, Manifest>, name: string, key: string): unknown =>
  JSON.parse(textAt(objects[`ConfigMap/${name}`], 'data', key) ?? '');
const rulesFor = (role: Manifest | undefined, group: string): unknown[] =>
  listAt(role, 'rules').filter((rule) => listAt(rule, 'apiGroups').includes(group));

describe('Schedule', () => {
  it('includes every namespace with volumes once', () => {
    expect(at(backup(cloud), 'includedNamespaces')).toEqual(['mongo', 'postfacto']);
  });

  it('is paused if no namespace has volumes', () => {
    const schedule = render({ namespaces: () => [] })['Schedule/volumes'];
    expect(at(schedule, 'spec', 'paused')).toBe(true);
    expect(at(schedule, 'spec', 'template', 'includedNamespaces')).toEqual(['velero']);
    expect(at(cloud['Schedule/volumes'], 'spec', 'paused')).toBeUndefined();
  });

  it('excludes Secrets, and its backups outlive it until their retention ends', () => {
    expect(at(backup(cloud), 'excludedResources')).toEqual(['secrets']);
    expect(at(backup(render({ retentionDays: 3 })), 'ttl')).toBe('72h0m0s');
    expect(at(cloud['Schedule/volumes'], 'spec', 'useOwnerReferencesInBackup')).toBe(false);
  });

  it('takes snapshots and moves their data if the cloud has a snapshot driver', () => {
    expect(backup(cloud)).toMatchObject({
      snapshotVolumes: true,
      snapshotMoveData: true,
      defaultVolumesToFsBackup: false,
    });
    expect(cloud['VolumeSnapshotClass/velero']).toMatchObject({
      metadata: { labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
      driver: 'disk.csi.azure.com',
      deletionPolicy: 'Delete',
    });
    expect(json(cloud, 'volume-policies', 'policies')).toMatchObject({
      volumePolicies: [{ conditions: { pvcLabels: { 'slipway.dev/backup': 'none' } }, action: { type: 'skip' } }],
    });
    // Without it the server and the agent silently skip snapshots.
    for (const workload of [SERVER, AGENT]) expect(args(cloud, workload)).toContain('--features=EnableCSI');
  });

  it('backs up files except those of emptyDir volumes otherwise', () => {
    expect(backup(local)).toMatchObject({
      snapshotVolumes: false,
      snapshotMoveData: false,
      defaultVolumesToFsBackup: true,
    });
    expect(at(backup(local), 'resourcePolicy')).toEqual({ kind: 'configmap', name: 'volume-policies' });
    expect(json(local, 'volume-policies', 'policies')).toEqual({
      version: 'v1',
      volumePolicies: [
        { conditions: { pvcLabels: { 'slipway.dev/backup': 'none' } }, action: { type: 'skip' } },
        { conditions: { volumeTypes: ['emptyDir'] }, action: { type: 'skip' } },
      ],
    });
    for (const workload of [SERVER, AGENT]) expect(args(local, workload)).not.toContain('--features=EnableCSI');
    expect(local).not.toHaveProperty('VolumeSnapshotClass/velero');
  });
});

describe('BackupStorageLocation', () => {
  it('is the default location', () => {
    expect(at(cloud['BackupStorageLocation/default'], 'spec')).toEqual({
      provider: 'azure',
      objectStorage: { bucket: 'backups' },
      config: { useAAD: 'true' },
      accessMode: 'ReadWrite',
      default: true,
    });
    expect(at(backup(cloud), 'storageLocation')).toBe('default');
  });

  it('has access keys on a local cluster only', () => {
    const { name, key } = at(local['BackupStorageLocation/default'], 'spec', 'credential') as {
      name: string;
      key: string;
    };
    const file = textAt(local[`ExternalSecret/${name}`], 'spec', 'target', 'template', 'data', key);
    expect(file).toBe('[default]\naws_access_key_id={{ .accessKey }}\naws_secret_access_key={{ .secretKey }}\n');
    expect(Object.keys(cloud).filter((k) => k.startsWith('ExternalSecret/'))).toEqual([
      'ExternalSecret/velero-repo-credentials',
    ]);
  });

  it.each(BOTH)('is reachable from the server, the agent and the pods that they start, %s', (_, objects) => {
    const egress = ['velero', 'node-agent', 'velero-worker'].map((name) =>
      at(objects[`NetworkPolicy/${name}`], 'spec', 'egress'),
    );
    expect(egress[1]).toEqual(egress[0]);
    expect(egress[2]).toEqual(egress[0]);
    const ports = listAt(egress, 0).flatMap((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')));
    expect(ports).toEqual(objects === cloud ? [53, 53, 443, 6443, 443] : [53, 53, 443, 6443, 8333]);
  });
});

describe('repositories', () => {
  it.each(BOTH)('have a generated password, mounted by the server, %s', (_, objects) => {
    const secret = objects['ExternalSecret/velero-repo-credentials'];
    expect(at(secret, 'spec', 'target', 'template', 'data')).toEqual({ 'repository-password': '{{ .password }}' });
    expect(at(secret, 'spec', 'data', 0, 'remoteRef')).toEqual({ key: 'velero-repository', property: 'password' });
    const volumes = listAt(pod(objects, SERVER), 'volumes');
    expect(volumes).toContainEqual({
      name: 'repository-password',
      secret: {
        secretName: 'velero-repo-credentials',
        items: [{ key: 'repository-password', path: 'repository-password' }],
      },
    });
    expect(
      listAt(pod(objects, SERVER), 'containers', 0, 'volumeMounts').map((mount) => textAt(mount, 'name')),
    ).toContain('repository-password');
  });

  it('have a cache smaller than the scratch volumes', () => {
    const cache = Number(at(json(cloud, 'backup-repositories', 'kopia'), 'cacheLimitMB')) * 2 ** 20;
    for (const workload of [SERVER, AGENT]) {
      const scratch = listAt(pod(cloud, workload), 'volumes').find((volume) => textAt(volume, 'name') === 'scratch');
      expect(bytesOf(textAt(scratch, 'emptyDir', 'sizeLimit') ?? '')).toBeGreaterThan(cache);
    }
    expect(args(cloud, SERVER)).toContain('--backup-repository-configmap=backup-repositories');
  });
});

describe('pods that Velero starts', () => {
  const settings = [json(cloud, 'node-agent', 'config'), json(cloud, 'repository-maintenance', 'global')];

  it('are selected by their own NetworkPolicy and by no workload', () => {
    for (const setting of settings) {
      const labels = at(setting, 'podLabels');
      expect(selects(at(cloud['NetworkPolicy/velero-worker'], 'spec', 'podSelector', 'matchLabels'), labels)).toBe(
        true,
      );
      for (const workload of [SERVER, AGENT])
        expect(selects(at(cloud[workload], 'spec', 'selector', 'matchLabels'), labels)).toBe(false);
      // The NetworkPolicy of the object store allows Velero's pods by this label.
      expect(at(labels, 'app.kubernetes.io/name')).toBe('velero');
    }
  });

  it('have the workload identity label', () => {
    for (const setting of settings) expect(at(setting, 'podLabels', 'azure.workload.identity/use')).toBe('true');
  });

  it('mount a token by default of their ServiceAccount', () => {
    for (const name of ['velero', 'node-agent']) {
      expect(at(cloud[`ServiceAccount/${name}`], 'automountServiceAccountToken')).toBe(true);
      expect(cloud[`ServiceAccount/${name}`]?.metadata.annotations).toEqual({ id: 'client' });
    }
  });

  it('are configured by ConfigMaps named in the flags of server and agent', () => {
    expect(args(cloud, AGENT)).toContain('--node-agent-configmap=node-agent');
    expect(Object.keys(at(cloud['ConfigMap/node-agent'], 'data') as object)).toHaveLength(1);
    expect(args(cloud, SERVER)).toContain('--repo-maintenance-job-configmap=repository-maintenance');
    // The agent reads it only at startup, so a change must roll it.
    expect(rolledBy(cloud[AGENT] as Manifest)).toEqual([{ kind: 'ConfigMap', name: 'node-agent' }]);
  });
});

describe('node agent', () => {
  it.each(BOTH)('has the name, label and single container that the server expects, %s', (_, objects) => {
    expect(at(objects[AGENT], 'spec', 'template', 'metadata', 'labels', 'role')).toBe('node-agent');
    expect(listAt(pod(objects, AGENT), 'containers')).toHaveLength(1);
    const env = listAt(pod(objects, AGENT), 'containers', 0, 'env').map((variable) => textAt(variable, 'name'));
    expect(env).toEqual(expect.arrayContaining(['NODE_NAME', 'VELERO_NAMESPACE']));
  });

  it('runs as root with hostPath only for file-system backups', () => {
    expect(at(pod(cloud, AGENT), 'securityContext')).toMatchObject({ runAsNonRoot: true });
    expect(JSON.stringify(pod(cloud, AGENT))).not.toContain('hostPath');
    expect(at(cloud['Namespace/velero'], 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')).toBe('baseline');

    expect(at(pod(local, AGENT), 'securityContext')).toMatchObject({ runAsUser: 0 });
    expect(at(local['Namespace/velero'], 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')).toBe(
      'privileged',
    );
    // The server maps paths below this mount to those of the node by the volume's name.
    expect(listAt(pod(local, AGENT), 'volumes')).toContainEqual({
      name: 'host-pods',
      hostPath: { path: '/var/lib/kubelet/pods' },
    });
    expect(listAt(pod(local, AGENT), 'containers', 0, 'volumeMounts')).toContainEqual({
      name: 'host-pods',
      mountPath: '/host_pods',
      readOnly: true,
    });
    for (const objects of [cloud, local]) {
      expect(at(pod(objects, AGENT), 'containers', 0, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  it('has its own permissions, including snapshots only with a snapshot driver', () => {
    const admins = Object.values(cloud).filter((m) => textAt(m, 'roleRef', 'name') === 'cluster-admin');
    expect(admins.map((m) => at(m, 'subjects'))).toEqual([
      [{ kind: 'ServiceAccount', name: 'velero', namespace: 'velero' }],
    ]);
    expect(rulesFor(cloud['ClusterRole/velero-node-agent'], 'snapshot.storage.k8s.io')).toHaveLength(2);
    expect(rulesFor(local['ClusterRole/velero-node-agent'], 'snapshot.storage.k8s.io')).toEqual([]);
    const secrets = listAt(cloud['ClusterRole/velero-node-agent'], 'rules').flatMap((rule) =>
      listAt(rule, 'resources'),
    );
    expect(secrets).not.toContain('secrets');
  });
});

it('sync waves are in the order password, server, location, Schedule', () => {
  const definitions = new Definitions(VELERO_UPSTREAM, { version: 'v1', revision: 'v1' });
  const provides = definitions.upstream.provides;
  const preinstalled = new Set([
    ...provides,
    capability.crd('snapshot.storage.k8s.io', 'volumesnapshotclasses'),
    capability.crd('generators.external-secrets.io', 'passwords'),
    ...['externalsecrets', 'pushsecrets'].map((resource) => capability.crd('external-secrets.io', resource)),
    objectIdentity('external-secrets.io', 'ClusterSecretStore', undefined, 'cluster'),
    objectIdentity('scheduling.k8s.io', 'PriorityClass', undefined, 'platform'),
    objectIdentity('rbac.authorization.k8s.io', 'ClusterRole', undefined, 'cluster-admin'),
    ...['mongo', 'postfacto'].map((name) => objectIdentity('', 'Namespace', undefined, name)),
  ]);
  const { waves } = deriveOrder([{ name: 'velero', manifests: Object.values(cloud) }], preinstalled);
  const order = [
    'PushSecret/repository',
    'ExternalSecret/velero-repo-credentials',
    SERVER,
    'BackupStorageLocation/default',
    'Schedule/volumes',
  ];
  const found = order.map((key) => waves.get(cloud[key] as Manifest) ?? 0);
  expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
});

describe('the alerts', () => {
  const alertsOf = (props: Partial<VeleroProps>) => new Velero({ ...CLOUD, ...props }).rules[0]?.alerts;

  it('are about its Schedule, as often as that starts a backup', () => {
    const name = cloud['Schedule/volumes']?.metadata.name;
    expect(alertsOf({ schedule: '@every 8h' })?.['BackupOverdue']?.expr).toMatch(
      new RegExp(`schedule="${name}".*> ${10 * 3600}$`),
    );
  });

  it('miss no backup if there are no volumes', () => {
    expect(alertsOf({ namespaces: () => [] })).toEqual({});
  });
});

describe('settings', () => {
  const fault = (settings: unknown): string | undefined => veleroSettings.safeParse(settings).error?.issues[0]?.message;

  it('default to nightly backups, kept for 30 days', () => {
    expect(veleroSettings.parse({})).toMatchObject({ schedule: '0 2 * * *', retentionDays: 30 });
  });

  it('give the pods that it starts other resources', () => {
    const startedPods = { resources: { limits: { memory: '4Gi' } } };
    const changed = render({ startedPods });
    const podResources = { cpuRequest: '100m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit: '4Gi' };
    expect(json(changed, 'node-agent', 'config')).toMatchObject({ podResources });
    expect(json(changed, 'repository-maintenance', 'global')).toMatchObject({ podResources });
    expect(() => render({ startedPods: { resources: { limits: { memory: '128Mi' } } } })).not.toThrow();
    expect(() => render({ startedPods: { resources: { limits: { cpu: '50m' } } } })).toThrow(
      /more than its limit of 50m/,
    );
  });

  it('accept a schedule that every version of Velero reads alike, and at least one day of retention', () => {
    for (const schedule of ['*/15 * * * *', '0 2,14 1-7 JAN-MAR *', '@daily', 'CRON_TZ=Europe/Berlin 0 2 * * *'])
      expect(fault({ schedule })).toBeUndefined();
    for (const schedule of ['0 2 * *', '0 0 2 * * *']) expect(fault({ schedule })).toMatch(/^must have five fields/);
    expect(fault({ schedule: '0 2 1-7 * MON' })).toMatch(/not both/);
    for (const retentionDays of [0, 36_501]) expect(veleroSettings.safeParse({ retentionDays }).success).toBe(false);
  });
});
