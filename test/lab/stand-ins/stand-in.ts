import { listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Api, Live } from '../api.ts';
import type { Kind, Mirror } from '../mirror.ts';

/** Something that the lab plays: a cloud, or a controller that is not run for real. */
export interface StandIn {
  /** One look at the cluster, and what follows from it. */
  work(): Promise<void>;
}

/** What a stand-in works with. */
export interface Cluster {
  readonly api: Api;
  readonly mirror: Mirror;
}

/** True once a Deployment that runs this image has a ready pod: a stand-in works no sooner than what it stands for. */
export function runs(mirror: Mirror, image: string, but?: string): boolean {
  return mirror.all('deployments').some((deployment) => {
    const containers = listAt(deployment, 'spec', 'template', 'spec', 'containers');
    const fits = containers.some(
      (c) => (textAt(c, 'image') ?? '').includes(image) && (but === undefined || textAt(c, 'args', 0) !== but),
    );
    return fits && ((deployment as { status?: { availableReplicas?: number } }).status?.availableReplicas ?? 0) > 0;
  });
}

/** A condition as controllers write them. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Writes an object's conditions, unless they are so already. */
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
