import { at, label, listAt, type Manifest } from '../../../lib/manifest.ts';
import { anyBytesOf } from '../../../lib/quantity.ts';
import type { Snapshot } from '../../change.ts';
import { POD_KINDS, type Pods, podsIn, podsInNamespace, podsOf } from '../pods.ts';
import { rule, shown } from '../rule.ts';
import { leastReplicas } from '../scaling.ts';

/** What a quota limits, as it is in a container: the section of its resources, and the resource. */
function sectionOf(hard: string): readonly ['requests' | 'limits', string] | undefined {
  const [section = '', ...rest] = hard.split('.');
  if (section === 'requests' || section === 'limits') return [section, rest.join('.')];
  return ['cpu', 'memory', 'ephemeral-storage'].includes(hard) ? ['requests', hard] : undefined;
}

/** What one pod of a template asks for; init containers run before the others, so the larger of both counts. */
function ofPod({ containers }: Pods, section: 'requests' | 'limits', resource: string): number {
  const amount = (value: unknown): number =>
    anyBytesOf(shown(at(value, 'resources', section, resource) ?? at(value, 'resources', 'limits', resource) ?? 0));
  const lasting = containers.filter(({ init, value }) => !init || at(value, 'restartPolicy') === 'Always');
  const sum = lasting.reduce((total, { value }) => total + amount(value), 0);
  const first = containers.filter((one) => !lasting.includes(one)).map(({ value }) => amount(value));
  return Math.max(sum, ...first);
}

/** The sum over the pods of a namespace; a DaemonSet counts once, as its nodes are not known. */
function used(namespace: string | undefined, hard: string, snapshot: Snapshot): number | undefined {
  const pods = podsInNamespace(snapshot, namespace).filter((one) => one.spec !== undefined);
  const replicas = ({ workload }: Pods): number => leastReplicas(workload, snapshot) ?? 1;
  if (hard === 'pods') return pods.reduce((sum, one) => sum + replicas(one), 0);
  const section = sectionOf(hard);
  return section && pods.reduce((sum, one) => sum + ofPod(one, ...section) * replicas(one), 0);
}

/** The limits of a quota that the pods of its namespace exceed. */
function exceeded(quota: Manifest, snapshot: Snapshot): string[] {
  return Object.entries(at(quota, 'spec', 'hard') ?? {})
    .filter(([hard, limit]) => (used(quota.metadata.namespace, hard, snapshot) ?? 0) > anyBytesOf(String(limit)))
    .map(([hard]) => hard);
}

const quota = rule('SLP-quota-exceeded', {
  severity: 'danger',
  about: 'A ResourceQuota is below what the pods of its namespace request: some of them are not created',
  kinds: ['ResourceQuota', ...POD_KINDS],
  written: (_, after, context) => {
    const own = after.kind === 'ResourceQuota';
    const quotas = context.after
      .ofKind('ResourceQuota')
      .map(({ manifest }) => manifest)
      .filter((one) => one.metadata.namespace === after.metadata.namespace && (!own || label(one) === label(after)));
    const old = new Map(context.before.ofKind('ResourceQuota').map(({ manifest }) => [label(manifest), manifest]));
    return quotas.flatMap((one) => {
      const earlier = old.get(label(one));
      const known = earlier ? exceeded(earlier, context.before) : [];
      return exceeded(one, context.after)
        .filter((hard) => !known.includes(hard))
        .map((hard) => ({
          path: own ? `spec.hard.${hard}` : undefined,
          says: `${label(one)} allows ${shown(at(one, 'spec', 'hard', hard))} of ${hard}, and the pods of its namespace need more: some are not created`,
          instead: 'raise the quota first, or request less',
        }));
    });
  },
});

/** The labels that a node must have. */
function nodeLabels(pods: Pods | undefined): Map<string, string> {
  const required = listAt(
    pods?.spec,
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  return new Map([
    ...Object.entries(at(pods?.spec, 'nodeSelector') ?? {}).map(([key, value]) => [key, String(value)] as const),
    ...(required.length > 0 ? [['node affinity', JSON.stringify(required)] as const] : []),
  ]);
}

const nodes = rule('SLP-node-selector', {
  severity: 'warn',
  about:
    'Pods ask for labels of nodes that no pod of the cluster asked for before: without such nodes they stay Pending',
  kinds: POD_KINDS,
  changed: (before, after, context) => {
    const old = nodeLabels(podsOf(before));
    const pods = podsOf(after);
    const isAsked = (key: string, value: string): boolean =>
      podsIn(context.before).some((one) => nodeLabels(one).get(key) === value);
    return [...nodeLabels(pods)]
      .filter(([key, value]) => old.get(key) !== value && !isAsked(key, value))
      .map(([key, value]) => ({
        path: `${pods!.path}.${key === 'node affinity' ? 'affinity.nodeAffinity' : `nodeSelector[${key}]`}`,
        says: `Pods of ${label(after)} run only on nodes with ${key}: ${value}, which nothing in this cluster asked for before`,
        instead: 'check that such nodes exist in every zone of its volumes: kubectl get nodes --show-labels',
      }));
  },
});

/** Room for pods. */
export const CAPACITY = [quota, nodes];
