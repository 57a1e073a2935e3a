import { objectIdentity, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import {
  type ClusterObjects,
  mapAt,
  named,
  namespacesOfOthers,
  ofKind,
  textsAt,
  valuesOf,
} from '../lib/cluster-objects.ts';
import { type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Permissions granted to one workload do not extend to another. */
export const ownAccounts = invariant('every workload has its own ServiceAccount', (cluster) => {
  const pods = workloadPods(cluster);
  return pods.flatMap((own) => {
    const name = accountOf(own);
    if (name === 'default') return [`${own.label} runs as the default ServiceAccount`];
    const others = pods.filter(
      (p) => p.workload !== own.workload && p.namespace === own.namespace && accountOf(p) === name,
    );
    return others.map((other) => `${own.label} shares the ServiceAccount ${name} with ${other.label}`);
  });
});

/** A token that is not mounted cannot be stolen. */
export const tokens = invariant(
  'tokens are mounted explicitly, and only for accounts with RBAC permissions',
  (cluster) => [
    ...workloadPods(cluster).flatMap((pods) => {
      const mounts = pods.spec.automountServiceAccountToken;
      if (mounts === undefined) return [`${pods.label} does not set automountServiceAccountToken`];
      const bound = bindingsFor(cluster, pods.namespace, accountOf(pods)).length > 0;
      return mounts && !bound ? [`${pods.label} mounts a token without RBAC permissions`] : [];
    }),
    ...ofKind(cluster, 'ServiceAccount')
      .filter((account) => account['automountServiceAccountToken'] !== false)
      .map((account) => `${label(account)} does not set automountServiceAccountToken to false`),
  ],
  {
    'Deployment external-secrets/external-secrets-webhook mounts a token without RBAC permissions':
      'it creates an API client at startup, which requires a token',
    'ServiceAccount velero/velero does not set automountServiceAccountToken to false':
      'the Jobs that Velero creates under it call the API, and cannot be configured to mount the token',
    'ServiceAccount velero/node-agent does not set automountServiceAccountToken to false':
      'the pods that the agent creates under it call the API, and cannot be configured to mount the token',
  },
);

/** An unused ServiceAccount is one more identity that an attacker can assume. */
export const accountsUsed = invariant('every ServiceAccount is used', (cluster) => {
  const pods = workloadPods(cluster);
  return ofKind(cluster, 'ServiceAccount')
    .filter(
      (account) =>
        !pods.some((p) => p.namespace === account.metadata.namespace && accountOf(p) === account.metadata.name),
    )
    .filter((account) => !isNamedByResource(cluster, account))
    .map((account) => `${label(account)} is not used by any pod, secret store or issuer`);
});

/** True if a custom resource names this ServiceAccount, so that a controller requests tokens for it. */
function isNamedByResource(cluster: ClusterObjects, { metadata }: Manifest): boolean {
  const references = ofKind(cluster, 'ClusterSecretStore', 'ClusterIssuer', 'Issuer').flatMap((m) => valuesOf(m));
  const servers = ofKind(cluster, 'Prometheus', 'Alertmanager').filter(
    (server) => server.metadata.namespace === metadata.namespace,
  );
  if (servers.some((server) => textAt(server, 'spec', 'serviceAccountName') === metadata.name)) return true;
  return references.some(
    ({ key, value }) =>
      /^serviceAccount(Ref)?$/.test(key) &&
      textAt(value, 'name') === metadata.name &&
      textAt(value, 'namespace') === metadata.namespace,
  );
}

/** Permissions are listed one by one, so that a review shows what is granted. */
export const noWildcards = invariant(
  'no role or binding grants wildcards, escalation or an administrator role',
  (cluster) => [
    ...ofKind(cluster, 'Role', 'ClusterRole').flatMap((role) =>
      listAt(role, 'rules').flatMap((rule) => [
        ...['verbs', 'resources', 'apiGroups', 'nonResourceURLs']
          .filter((field) => textsAt(rule, field).some((v) => v.includes('*')))
          .map((field) => `${label(role)} grants all ${field}`),
        // Each of these verbs leads to every other permission.
        ...textsAt(rule, 'verbs')
          .filter((verb) => ['escalate', 'bind', 'impersonate'].includes(verb))
          .map((verb) => `${label(role)} grants the verb ${verb}`),
      ]),
    ),
    ...bindings(cluster)
      .filter((binding) => ['cluster-admin', 'admin', 'edit'].includes(textAt(binding, 'roleRef', 'name') ?? ''))
      .map((binding) => `${label(binding)} grants ${textAt(binding, 'roleRef', 'name')}`),
  ],
  {
    'ClusterRoleBinding velero grants cluster-admin':
      'a restore creates objects of any kind, and an account may grant only the permissions that it has',
  },
);

/** An unbound role and a workload without its permissions are often one and the same typing error. */
export const rolesBound = invariant(
  'every role is bound, and every binding refers to an existing role and ServiceAccount',
  (cluster) => [
    ...ofKind(cluster, 'Role', 'ClusterRole')
      .filter((role) => !bindings(cluster).some((binding) => grants(binding, role)))
      .filter(
        (role) =>
          !Object.keys(mapAt(role, 'metadata', 'labels')).some((key) =>
            key.startsWith('rbac.authorization.k8s.io/aggregate-to-'),
          ),
      )
      .map((role) => `${label(role)} is not bound`),
    ...bindings(cluster).flatMap((binding) => [
      ...listAt(binding, 'subjects').flatMap((subject) => missingSubject(cluster, binding, subject)),
      ...(listAt(binding, 'subjects').length > 0 ? [] : [`${label(binding)} has no subjects`]),
      ...(roleExists(cluster, binding)
        ? []
        : [
            `${label(binding)} refers to ${textAt(binding, 'roleRef', 'kind')} ${textAt(binding, 'roleRef', 'name')}, which does not exist`,
          ]),
    ]),
  ],
);

function missingSubject(cluster: ClusterObjects, binding: Manifest, subject: unknown): string[] {
  const [kind, name = '', namespace = ''] = [
    textAt(subject, 'kind'),
    textAt(subject, 'name'),
    textAt(subject, 'namespace'),
  ];
  if (kind === 'Group' && isAccessOfOthers(cluster, binding, name)) return [];
  if (kind !== 'ServiceAccount') return [`${label(binding)} binds ${kind} ${name}, which is not a ServiceAccount`];
  const exists =
    named(cluster, 'ServiceAccount', namespace, name) ??
    cluster.preinstalled.has(objectIdentity('', 'ServiceAccount', namespace, name));
  return exists ? [] : [`${label(binding)} binds ServiceAccount ${namespace}/${name}, which does not exist`];
}

/** True if people get access by a role in a namespace in which they deploy. */
function isAccessOfOthers(cluster: ClusterObjects, { kind, metadata }: Manifest, group: string): boolean {
  return (
    kind === 'RoleBinding' && namespacesOfOthers(cluster).has(metadata.namespace ?? '') && !group.startsWith('system:')
  );
}

function roleExists(cluster: ClusterObjects, binding: Manifest): boolean {
  const [kind, name] = [textAt(binding, 'roleRef', 'kind') ?? '', textAt(binding, 'roleRef', 'name') ?? ''];
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return (
    named(cluster, kind, namespace, name) !== undefined ||
    cluster.preinstalled.has(objectIdentity('rbac.authorization.k8s.io', kind, namespace, name))
  );
}

function grants(binding: Manifest, role: Manifest): boolean {
  const { kind, metadata } = role;
  if (textAt(binding, 'roleRef', 'kind') !== kind || textAt(binding, 'roleRef', 'name') !== metadata.name) return false;
  return kind === 'ClusterRole' || binding.metadata.namespace === metadata.namespace;
}

function bindings(cluster: ClusterObjects): Manifest[] {
  return ofKind(cluster, 'RoleBinding', 'ClusterRoleBinding');
}

function bindingsFor(cluster: ClusterObjects, namespace: string, account: string): Manifest[] {
  return bindings(cluster).filter((b) =>
    listAt(b, 'subjects').some(
      (s) =>
        textAt(s, 'kind') === 'ServiceAccount' && textAt(s, 'name') === account && textAt(s, 'namespace') === namespace,
    ),
  );
}

function accountOf({ spec }: Pods): string {
  return spec.serviceAccountName ?? 'default';
}
