import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import type { Api, Live } from './api.ts';
import { missingForProgram } from './behaviours.ts';
import { isReady } from './conditions.ts';
import type { Mirror } from './mirror.ts';
import type { PodPort } from './network.ts';
import type { RealPrograms } from './real-programs.ts';

/** Annotation that tells KWOK's Stages a pod's next state. */
export const STATE = 'lab.slipway/state';

/** The states of a pod that KWOK's Stages know. */
export const STATES = ['run', 'fail', 'building', 'unbuilt', 'crash'] as const;

/** Annotation with which a scenario makes a pod's program exit with an error as soon as it starts. */
export const CRASHES = 'lab.slipway/crashes';

/**
 * Simulates what KWOK omits of a kubelet: a pod runs only once the Secrets, ConfigMaps and volumes that it references
 * exist, once its program has what it waits for, and, if a real program runs for it, once that is built and ready. KWOK
 * writes the statuses.
 */
export class Kubelet {
  private readonly api: Api;
  private readonly mirror: Mirror;
  private readonly programs: RealPrograms;
  /** Namespaces whose pods are not ready, whatever they have. */
  readonly unready = new Set<string>();

  constructor(api: Api, mirror: Mirror, programs: RealPrograms) {
    this.api = api;
    this.mirror = mirror;
    this.programs = programs;
  }

  /** Reconciles all pods once. */
  async reconcile(): Promise<void> {
    const pods = this.mirror
      .all('pods')
      .filter((pod) => textAt(pod, 'spec', 'nodeName') && !pod.metadata.deletionTimestamp);
    await this.programs.reconcile(pods.filter((pod) => this.missing(pod).length === 0));
    for (const pod of pods) {
      const state = this.stateOf(pod);
      const before = pod.metadata.annotations?.[STATE];
      // A running pod does not stop when a Secret is deleted: a kubelet checks references only at start.
      if (state === undefined || state === before) continue;
      await this.api.merge(this.mirror.path('pods', pod), { metadata: { annotations: { [STATE]: state } } });
    }
  }

  /** The next state of a pod; undefined while it cannot start. */
  private stateOf(pod: Live): (typeof STATES)[number] | undefined {
    if (this.unready.has(pod.metadata.namespace ?? '')) return 'fail';
    if (this.missing(pod).length > 0) return undefined;
    if (pod.metadata.annotations?.[CRASHES]) return 'crash';
    return this.programs.stateOf(pod) ?? 'run';
  }

  /** Endpoint of a pod's port, for the API server's calls to webhooks and aggregated APIs. */
  async portOf(ip: string, port: number): Promise<PodPort> {
    // Read from the API server, not the mirror: the API server may have just seen the pod become ready.
    const [pod] = await this.api.list(`/api/v1/pods?fieldSelector=status.podIP%3D${ip}`);
    if (!pod || !isReady(pod)) return undefined;
    return this.programs.portOf(pod, port) ?? 'simulated';
  }

  private missing(pod: Live): string[] {
    return [...this.missingReferences(pod), ...missingForProgram(pod, this.mirror)];
  }

  private missingReferences(pod: Live): string[] {
    const namespace = pod.metadata.namespace;
    return referencesOf(pod)
      .filter(({ kind, name, keys }) => {
        const found = this.mirror.one(kind, namespace, name);
        if (kind === 'claims') return textAt(found, 'status', 'phase') !== 'Bound';
        return (
          !found ||
          keys.some((key) => at(found, 'data', key) === undefined && at(found, 'binaryData', key) === undefined)
        );
      })
      .map(({ kind, name }) => `${kind}/${name}`);
  }
}

interface Reference {
  readonly kind: 'secrets' | 'configmaps' | 'claims';
  readonly name: string;
  readonly keys: readonly string[];
}

/** What must exist before a kubelet starts a pod's containers. */
function referencesOf(pod: Live): Reference[] {
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], source: unknown, nameField: string, keys: readonly unknown[] = []): void => {
    const name = textAt(source, nameField);
    if (name && at(source, 'optional') !== true)
      found.push({ kind, name, keys: keys.flatMap((key) => textAt(key, 'key') ?? []) });
  };
  const sources = listAt(pod, 'spec', 'volumes').flatMap((volume) => [
    volume,
    ...listAt(volume, 'projected', 'sources'),
  ]);
  for (const source of sources) {
    add(
      'secrets',
      at(source, 'secret'),
      at(source, 'secret', 'secretName') ? 'secretName' : 'name',
      listAt(source, 'secret', 'items'),
    );
    add('configmaps', at(source, 'configMap'), 'name', listAt(source, 'configMap', 'items'));
    add('claims', at(source, 'persistentVolumeClaim'), 'claimName');
  }
  for (const container of [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')]) {
    for (const variable of listAt(container, 'env')) {
      const from = at(variable, 'valueFrom');
      add('secrets', at(from, 'secretKeyRef'), 'name', [at(from, 'secretKeyRef')]);
      add('configmaps', at(from, 'configMapKeyRef'), 'name', [at(from, 'configMapKeyRef')]);
    }
    for (const source of listAt(container, 'envFrom')) {
      add('secrets', at(source, 'secretRef'), 'name');
      add('configmaps', at(source, 'configMapRef'), 'name');
    }
  }
  return found;
}
