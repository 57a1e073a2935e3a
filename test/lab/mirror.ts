import { type Api, type Live, pause } from './api.ts';

/** Paths in the API of the kinds that the lab watches. */
export const KINDS = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  secrets: '/api/v1/secrets',
  configmaps: '/api/v1/configmaps',
  claims: '/api/v1/persistentvolumeclaims',
  volumes: '/api/v1/persistentvolumes',
  deployments: '/apis/apps/v1/deployments',
  statefulSets: '/apis/apps/v1/statefulsets',
  jobs: '/apis/batch/v1/jobs',
  storageClasses: '/apis/storage.k8s.io/v1/storageclasses',
  definitions: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  applications: '/apis/argoproj.io/v1alpha1/applications',
  secretStores: '/apis/external-secrets.io/v1/clustersecretstores',
  externalSecrets: '/apis/external-secrets.io/v1/externalsecrets',
  pushSecrets: '/apis/external-secrets.io/v1alpha1/pushsecrets',
  passwords: '/apis/generators.external-secrets.io/v1alpha1/passwords',
  storageLocations: '/apis/velero.io/v1/backupstoragelocations',
  schedules: '/apis/velero.io/v1/schedules',
} as const;
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
