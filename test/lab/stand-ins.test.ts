import { describe, expect, it } from 'vitest';
import { capability } from '../../charts/kinds/kind.ts';
import { ExternalSecrets } from '../../charts/components/external-secrets/external-secrets.ts';
import { externalSecretsSettings } from '../../charts/components/external-secrets/settings.ts';
import { at, textAt, type Manifest } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { Mailer } from '../lib/mailer.ts';
import { Api, type ApiResponse, type Live } from './api.ts';
import { KINDS, Mirror } from './mirror.ts';
import { CloudStandIn } from './stand-ins/cloud.ts';
import { ExternalSecretsStandIn } from './stand-ins/external-secrets.ts';
import type { Cluster } from './stand-ins/stand-in.ts';
import { newestUpstream } from '../lib/upstream.ts';

const OK: ApiResponse = { status: 200, body: {}, warnings: [] };

/** Replaces an API server: serves objects, and records what is written. */
class RecordingApi extends Api {
  readonly applied: Manifest[] = [];
  /** Status patches, by path. */
  readonly patches = new Map<string, unknown>();
  private readonly objects: readonly Live[];

  constructor(objects: readonly Manifest[]) {
    super({ server: 'https://127.0.0.1:1', ca: '', token: '' });
    this.objects = objects.map((object) => ({
      ...object,
      metadata: { uid: 'u', resourceVersion: '1', creationTimestamp: '', ...object.metadata },
    }));
  }

  override follow(path: string, _signal: AbortSignal, replace: (items: Live[]) => void): Promise<void> {
    replace(this.objects.filter(({ kind }) => path === PATHS[kind]));
    return Promise.resolve();
  }

  override apply(manifest: Manifest): Promise<void> {
    this.applied.push(manifest);
    return Promise.resolve();
  }

  override merge(path: string, patch: unknown): Promise<ApiResponse> {
    this.patches.set(path, patch);
    return Promise.resolve(OK);
  }
}

const PATHS: Readonly<Record<string, string>> = {
  PersistentVolume: KINDS.volumes,
  PersistentVolumeClaim: KINDS.claims,
  StorageClass: KINDS.storageClasses,
  Deployment: KINDS.deployments,
  ClusterSecretStore: KINDS.secretStores,
  ExternalSecret: KINDS.externalSecrets,
};

/** Reconciles the objects of Mailer, where only some of its entries are there from the start. */
async function reconcile(...there: string[]): Promise<RecordingApi> {
  const { store } = new ExternalSecrets({
    ...externalSecretsSettings.parse({}),
    image: 'external-secrets:1',
    upstream: newestUpstream('external-secrets'),
    provider: { aws: { service: 'SecretsManager', region: 'eu-north-1' } },
    keyPrefix: '',
    given: ['smtp', 'registry'],
    identity: { openings: [] },
  });
  const controller: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'external-secrets', namespace: 'external-secrets' },
    spec: { template: { spec: { containers: [{ image: 'external-secrets/external-secrets:v2' }] } } },
    status: { availableReplicas: 1 },
  };
  const ready: Manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'cluster' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const api = new RecordingApi([controller, ready, ...manifestsOf(new Mailer(store)).manifests]);
  await new ExternalSecretsStandIn(clusterOf(api), new Set(there.map(capability.remoteSecret))).reconcile();
  return api;
}

function clusterOf(api: RecordingApi): Cluster {
  const mirror = new Mirror(api);
  mirror.start(new AbortController().signal);
  return { api, mirror };
}

const STATUS = '/apis/external-secrets.io/v1/namespaces/mailer/externalsecrets';
const readiness = (api: RecordingApi, name: string): string | undefined =>
  textAt(api.patches.get(`${STATUS}/${name}/status`), 'status', 'conditions', 0, 'status');

describe('the stand-in for External Secrets', () => {
  it('has a value for each key of an entry that people keep', async () => {
    const api = await reconcile('smtp', 'registry');
    expect([readiness(api, 'account'), readiness(api, 'registry-pull')]).toEqual(['True', 'True']);
    const account = api.applied.find(({ metadata }) => metadata.name === 'account');
    expect(Object.keys(at(account, 'data') ?? {}).toSorted()).toEqual(['password', 'username']);
  });

  it("has Docker's JSON where the API server asks for it", async () => {
    const secret = (await reconcile('registry')).applied.find(({ metadata }) => metadata.name === 'registry-pull');
    expect(secret?.['type']).toBe('kubernetes.io/dockerconfigjson');
    const config = Buffer.from(textAt(secret, 'data', '.dockerconfigjson') ?? '', 'base64').toString();
    expect(JSON.parse(config)).toEqual({ auths: {} });
  });

  it('has nothing for an entry that is not declared', async () => {
    const api = await reconcile('registry');
    expect(readiness(api, 'account')).toBe('False');
    expect(api.applied.map(({ metadata }) => metadata.name)).toEqual(['registry-pull']);
  });
});

describe("the stand-in for a cloud's provisioner", () => {
  const storageClass: Manifest = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    provisioner: 'disk.csi.example.com',
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const placed: Manifest = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'db', annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };

  async function volumes(...objects: readonly Manifest[]): Promise<readonly Manifest[]> {
    const api = new RecordingApi(objects);
    await new CloudStandIn(clusterOf(api), { loadBalancer: undefined }).reconcile();
    return api.applied;
  }

  it('makes the volume of a claim whose pod has a node, as the class says', async () => {
    expect(await volumes(storageClass, placed)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: {
          name: 'pvc-u',
          annotations: { 'pv.kubernetes.io/provisioned-by': 'disk.csi.example.com' },
        },
        spec: {
          storageClassName: 'fast',
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Retain',
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            namespace: 'db',
            name: 'data',
            uid: 'u',
            resourceVersion: '1',
          },
          csi: { driver: 'disk.csi.example.com', volumeHandle: 'pvc-u' },
        },
      },
    ]);
  });

  it("has a folder of the node for kind's class", async () => {
    const [volume] = await volumes({ ...storageClass, provisioner: 'rancher.io/local-path' }, placed);
    expect(at(volume, 'spec', 'hostPath', 'path')).toBe('/var/local-path-provisioner/pvc-u');
  });

  const unplaced = { ...placed, metadata: { name: 'data', namespace: 'db' } };

  it('waits for a node only if the class does', async () => {
    expect(await volumes(storageClass, unplaced)).toEqual([]);
    expect(await volumes({ ...storageClass, volumeBindingMode: 'Immediate' }, unplaced)).toHaveLength(1);
  });

  it.each([
    ['whose class is not there', [placed]],
    ['that names a volume', [storageClass, { ...placed, spec: { ...Object(placed['spec']), volumeName: 'old' } }]],
    [
      'whose volume has been made',
      [storageClass, placed, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pvc-u' } }],
    ],
  ])('makes none for a claim %s', async (_, objects) => expect(await volumes(...objects)).toEqual([]));
});
