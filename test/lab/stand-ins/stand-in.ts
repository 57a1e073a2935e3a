import { listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Api, Live } from '../api.ts';
import type { Kind, Mirror } from '../mirror.ts';

/** A simulated cloud, or a simulated controller. */
export interface StandIn {
  /** Reconciles all objects once. */
  reconcile(): Promise<void>;
}

/** What a stand-in depends on. */
export interface Cluster {
  readonly api: Api;
  readonly mirror: Mirror;
}

/** Whether a Deployment with this image has a ready pod: a stand-in must not act before the controller would. */
export function runs(mirror: Mirror, image: string, but?: string): boolean {
  return mirror.all('deployments').some((deployment) => {
    const containers = listAt(deployment, 'spec', 'template', 'spec', 'containers');
    const fits = containers.some(
      (c) => (textAt(c, 'image') ?? '').includes(image) && (but === undefined || textAt(c, 'args', 0) !== but),
    );
    return fits && ((deployment as { status?: { availableReplicas?: number } }).status?.availableReplicas ?? 0) > 0;
  });
}

/** A condition in an object's status. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Sets an object's conditions if they differ. */
export async function setConditions(
  { api, mirror }: Cluster,
  kind: Kind,
  object: Live,
  conditions: readonly Condition[],
): Promise<void> {
  const seen = listAt(object, 'status', 'conditions').map((c) =>
    [textAt(c, 'type'), textAt(c, 'status'), textAt(c, 'reason'), textAt(c, 'message')].join('|'),
  );
  const wanted = conditions.map((c) => [c.type, c.status, c.reason, c.message].join('|'));
  if (seen.join() === wanted.join()) return;
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await api.merge(`${mirror.path(kind, object)}/status`, {
    status: { conditions: conditions.map((c) => ({ ...c, lastTransitionTime })) },
  });
}
