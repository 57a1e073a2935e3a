import type { Place } from './place.ts';

export const RBAC = 'rbac.authorization.k8s.io';

/** What a map implies of one of its fields; undefined for nothing. */
type Implied = (map: Readonly<Record<string, unknown>>) => unknown;

/** The same for pods, by place and field. */
const OF_A_POD: Readonly<Record<string, Implied>> = {
  'spec.containers[] imagePullPolicy': ({ image }) => pullPolicyOf(image),
  'spec.containers[].resources requests': ({ limits }) => limits,
  'spec serviceAccount': ({ serviceAccountName }) => serviceAccountName,
};

const OF_A_JOB: Readonly<Record<string, Implied>> = {
  backoffLimit: ({ backoffLimitPerIndex }) => (backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1),
  completions: ({ completionMode, parallelism }) =>
    parallelism === undefined && completionMode !== 'Indexed' ? 1 : undefined,
  podReplacementPolicy: ({ podFailurePolicy }) => (podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
};

const GROUP_OF_A_SUBJECT: Implied = ({ kind }) => (kind === 'ServiceAccount' ? '' : RBAC);

/** The same for other objects, by kind, place and field. */
const OF_AN_OBJECT: Readonly<Record<string, Implied>> = {
  'ClusterRoleBinding subjects[] apiGroup': GROUP_OF_A_SUBJECT,
  'CustomResourceDefinition spec.names listKind': ({ kind }) => `${String(kind)}List`,
  'CustomResourceDefinition spec.names singular': ({ kind }) => String(kind).toLowerCase(),
  'LimitRange spec.limits[] defaultRequest': (limit) => limit['default'],
  'NetworkPolicy spec policyTypes': ({ egress }) =>
    Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
  'RoleBinding subjects[] apiGroup': GROUP_OF_A_SUBJECT,
  'Service spec allocateLoadBalancerNodePorts': ({ type }) => (type === 'LoadBalancer' ? true : undefined),
  'Service spec sessionAffinityConfig': ({ sessionAffinity }) =>
    sessionAffinity === 'ClientIP' ? { clientIP: { timeoutSeconds: 10_800 } } : undefined,
  'Service spec.ports[] targetPort': ({ port }) => port,
  ...Object.fromEntries(
    ['CronJob spec.jobTemplate.spec', 'Job spec'].flatMap((place) =>
      Object.entries(OF_A_JOB).map(([field, implied]) => [`${place} ${field}`, implied]),
    ),
  ),
};

/**
 * The default that follows from other fields of the same map: the pull policy from the tag, a Service's target from its
 * port, a subject's group from its kind, requests from limits.
 */
export function derivedDefault(place: Place, field: string, map: Readonly<Record<string, unknown>>): unknown {
  const { pattern, inPods, embedded, root } = place;
  if (embedded) return undefined;
  const implied = inPods ? OF_A_POD[`${pattern} ${field}`] : OF_AN_OBJECT[`${root.kind} ${pattern} ${field}`];
  return implied?.(map);
}

/** `latest`, said or not, is pulled each time; an image by digest is not. */
function pullPolicyOf(image: unknown): string {
  const name = String(image).replace(/^.*\//, '');
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest')) ? 'Always' : 'IfNotPresent';
}
