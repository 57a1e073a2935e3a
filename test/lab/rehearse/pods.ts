import { label, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Rendered } from './objects.ts';
import type { Restart } from './report.ts';

/** The workload that a pod belongs to, and which of its templates the pod is made from. */
interface Membership {
  /** `Deployment hello/hello` */
  readonly workload: string;
  readonly template: string;
}

/** Labels by which controllers know the pods of one template, by the kind of the pod's owner. */
const TEMPLATE: Readonly<Record<string, string>> = {
  ReplicaSet: 'pod-template-hash',
  StatefulSet: 'controller-revision-hash',
  DaemonSet: 'controller-revision-hash',
};

/** Undefined for a pod that no controller replaces when a template changes, as that of a Job. */
function membershipOf({ metadata }: Live): Membership | undefined {
  const [owner] = metadata.ownerReferences ?? [];
  const template = metadata.labels?.[TEMPLATE[owner?.kind ?? ''] ?? ''];
  if (owner === undefined || template === undefined) return undefined;
  // A ReplicaSet is named after its Deployment and the template.
  const [kind, name] =
    owner.kind === 'ReplicaSet' ? ['Deployment', owner.name.replace(`-${template}`, '')] : [owner.kind, owner.name];
  return { workload: `${kind} ${metadata.namespace}/${name}`, template };
}

/**
 * The workloads whose pods were replaced.
 *
 * @param before pods before the push
 * @param seen pods that have been there since then, each at some time
 * @param workloads live workloads, for those that a controller made
 * @param rendered the objects of dist
 */
export function restartsOf(
  before: readonly Live[],
  seen: readonly Live[],
  workloads: readonly Live[],
  rendered: readonly Rendered[],
): Restart[] {
  const templates = new Map<string, Set<string>>();
  for (const { workload, template } of before.flatMap((pod) => membershipOf(pod) ?? []))
    templates.set(workload, (templates.get(workload) ?? new Set()).add(template));
  const replaced = new Map<string, Set<string>>();
  for (const pod of seen) {
    const of = membershipOf(pod);
    const known = of && templates.get(of.workload);
    if (of && known && !known.has(of.template))
      replaced.set(of.workload, (replaced.get(of.workload) ?? new Set()).add(pod.metadata.uid));
  }
  return [...replaced].map(([object, uids]) => ({ ...originOf(object, workloads, rendered), object, pods: uids.size }));
}

/** The Application of a workload, by the object of dist that it is or that its controller made it from. */
function originOf(
  workload: string,
  workloads: readonly Live[],
  rendered: readonly Rendered[],
): Pick<Restart, 'application' | 'madeFrom'> {
  const find = (object: string): string | undefined =>
    rendered.find(({ manifest }) => label(manifest) === object)?.application;
  const own = find(workload);
  if (own !== undefined) return { application: own };
  const live = workloads.find((one) => label(one) === workload);
  const owner = live?.metadata.ownerReferences?.[0];
  const madeFrom = owner && `${owner.kind} ${textAt(live, 'metadata', 'namespace')}/${owner.name}`;
  const application = madeFrom && find(madeFrom);
  return application === undefined ? { application: '' } : { application, madeFrom };
}
