import { kindOf } from '../../charts/kinds/index.ts';
import { collectionPath } from '../../charts/kinds/kind.ts';
import { type Api, type Live, pause } from './api.ts';

/** Path in the API of a kind as it is declared. */
const path = (apiVersion: string, kind: string): string =>
  collectionPath(kindOf({ apiVersion, kind }, 'test/lab/mirror.ts'));

/** Paths in the API of the kinds that the lab watches. */
export const KINDS = {
  pods: path('v1', 'Pod'),
  services: path('v1', 'Service'),
  secrets: path('v1', 'Secret'),
  configmaps: path('v1', 'ConfigMap'),
  claims: path('v1', 'PersistentVolumeClaim'),
  volumes: path('v1', 'PersistentVolume'),
  deployments: path('apps/v1', 'Deployment'),
  statefulSets: path('apps/v1', 'StatefulSet'),
  jobs: path('batch/v1', 'Job'),
  storageClasses: path('storage.k8s.io/v1', 'StorageClass'),
  definitions: path('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  applications: path('argoproj.io/v1alpha1', 'Application'),
  secretStores: path('external-secrets.io/v1', 'ClusterSecretStore'),
  externalSecrets: path('external-secrets.io/v1', 'ExternalSecret'),
  pushSecrets: path('external-secrets.io/v1alpha1', 'PushSecret'),
  passwords: path('generators.external-secrets.io/v1alpha1', 'Password'),
  storageLocations: path('velero.io/v1', 'BackupStorageLocation'),
  schedules: path('velero.io/v1', 'Schedule'),
};
export type Kind = keyof typeof KINDS;

/** A cache of the cluster's objects, kept up to date by watches. */
export class Mirror {
  private readonly objects = new Map<Kind, Map<string, Live>>();
  private readonly api: Api;
  private signal = AbortSignal.abort();
  private changes = 0;

  constructor(api: Api) {
    this.api = api;
  }

  /** Clears the cache and watches every kind until the signal aborts. */
  start(signal: AbortSignal): void {
    this.objects.clear();
    this.signal = signal;
    for (const kind of Object.keys(KINDS) as Kind[]) {
      void this.api.follow(
        KINDS[kind],
        signal,
        (items) => this.touch(() => this.objects.set(kind, new Map(items.map((item) => [keyOf(item), item])))),
        (type, item) =>
          this.touch(() => {
            const known = this.objects.get(kind);
            if (type === 'DELETE') known?.delete(keyOf(item));
            else known?.set(keyOf(item), item);
          }),
      );
    }
  }

  /** All cached objects of a kind. */
  all(kind: Kind): Live[] {
    return [...(this.objects.get(kind)?.values() ?? [])];
  }

  /** One cached object. */
  one(kind: Kind, namespace: string | undefined, name: string): Live | undefined {
    return this.objects.get(kind)?.get(`${namespace ?? ''}/${name}`);
  }

  /** Path of an object of a kind. */
  path(kind: Kind, { metadata }: Live): string {
    const [, base, plural] = /^(.*)\/([^/]+)$/.exec(KINDS[kind]) ?? [];
    return `${base}/${metadata.namespace ? `namespaces/${metadata.namespace}/` : ''}${plural}/${metadata.name}`;
  }

  /** Resolves on the next change, or after some milliseconds. */
  async changed(ms: number): Promise<void> {
    const until = Date.now() + ms;
    const before = this.changes;
    while (this.changes === before && Date.now() < until && !this.signal.aborted) await pause(50, this.signal);
  }

  private touch(change: () => void): void {
    change();
    this.changes++;
  }
}

function keyOf({ metadata }: Live): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
