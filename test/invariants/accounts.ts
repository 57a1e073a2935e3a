import { objectIdentity, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind, textsAt, valuesOf } from '../lib/cluster-objects.ts';
import { type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Rights given to one workload are rights of no other. */
export const ownAccounts = invariant('every workload has a ServiceAccount of its own', (cluster) => {
  const pods = workloadPods(cluster);
  return pods.flatMap((own) => {
    const name = accountOf(own);
    if (name === 'default') return [`${own.label} runs as the ServiceAccount default`];
    const others = pods.filter(
      (p) => p.workload !== own.workload && p.namespace === own.namespace && accountOf(p) === name,
    );
    return others.map((other) => `${own.label} shares the ServiceAccount ${name} with ${other.label}`);
  });
});

/** A token that is not there cannot be stolen. */
export const tokens = invariant(
  'a token is mounted where there are rights to use, and only there',
  (cluster) => [
    ...workloadPods(cluster).flatMap((pods) => {
      const mounts = pods.spec.automountServiceAccountToken;
      if (mounts === undefined) return [`${pods.label} does not say whether a token is mounted`];
      const bound = bindingsFor(cluster, pods.namespace, accountOf(pods)).length > 0;
      return mounts && !bound ? [`${pods.label} mounts a token that gives no rights`] : [];
    }),
    ...ofKind(cluster, 'ServiceAccount')
      .filter((account) => account['automountServiceAccountToken'] !== false)
      .map((account) => `${label(account)} has its token mounted unless a pod says otherwise`),
  ],
  {
    'Deployment external-secrets/external-secrets-webhook mounts a token that gives no rights':
      'it builds a client when it starts, which takes a token',
    'ServiceAccount velero/velero has its token mounted unless a pod says otherwise':
      'the Jobs that Velero starts under it call the API, and cannot be told to mount it',
    'ServiceAccount velero/node-agent has its token mounted unless a pod says otherwise':
      'the pods that it starts under it call the API, and cannot be told to mount it',
  },
);

/** An account for nobody is one that somebody will find. */
export const accountsUsed = invariant('every ServiceAccount is used', (cluster) => {
  const pods = workloadPods(cluster);
  return ofKind(cluster, 'ServiceAccount')
    .filter(
      (account) =>
        !pods.some((p) => p.namespace === account.metadata.namespace && accountOf(p) === account.metadata.name),
    )
    .filter((account) => !standsFor(cluster, account))
    .map((account) => `${label(account)} is used by no pod and by no store`);
});

/** True if a controller asks for tokens of this account because a custom resource names it. */
function standsFor(cluster: ClusterObjects, { metadata }: Manifest): boolean {
  const references = ofKind(cluster, 'ClusterSecretStore', 'ClusterIssuer', 'Issuer').flatMap((m) => valuesOf(m));
  return references.some(
    ({ key, value }) =>
      /^serviceAccount(Ref)?$/.test(key) &&
      textAt(value, 'name') === metadata.name &&
      textAt(value, 'namespace') === metadata.namespace,
  );
}

/** Rights are named one by one, so that a review sees what is given. */
export const noWildcards = invariant(
  'no role gives everything',
  (cluster) => [
    ...ofKind(cluster, 'Role', 'ClusterRole').flatMap((role) =>
      listAt(role, 'rules').flatMap((rule) => [
        ...['verbs', 'resources', 'apiGroups', 'nonResourceURLs']
          .filter((field) => textsAt(rule, field).some((v) => v.includes('*')))
          .map((field) => `${label(role)} gives all ${field}`),
        // Each of these is a way to every other right.
        ...textsAt(rule, 'verbs')
          .filter((verb) => ['escalate', 'bind', 'impersonate'].includes(verb))
          .map((verb) => `${label(role)} gives the verb ${verb}`),
      ]),
    ),
    ...bindings(cluster)
      .filter((binding) => ['cluster-admin', 'admin', 'edit'].includes(textAt(binding, 'roleRef', 'name') ?? ''))
      .map((binding) => `${label(binding)} gives ${textAt(binding, 'roleRef', 'name')}`),
  ],
  {
    'ClusterRoleBinding velero gives cluster-admin':
      'a restore creates objects of any kind, and Kubernetes lets nobody give what he does not have',
  },
);

/** A right without anybody who has it, and somebody without it who needs it, are one typing mistake. */
export const rightsHaveOwners = invariant('every role is given to somebody who exists', (cluster) => [
  ...ofKind(cluster, 'Role', 'ClusterRole')
    .filter((role) => !bindings(cluster).some((binding) => gives(binding, role)))
    .filter(
      (role) =>
        !Object.keys(mapAt(role, 'metadata', 'labels')).some((key) =>
          key.startsWith('rbac.authorization.k8s.io/aggregate-to-'),
        ),
    )
    .map((role) => `${label(role)} is given to nobody`),
  ...bindings(cluster).flatMap((binding) => [
    ...listAt(binding, 'subjects').flatMap((subject) => absent(cluster, binding, subject)),
    ...(listAt(binding, 'subjects').length > 0 ? [] : [`${label(binding)} gives to nobody`]),
    ...(roleExists(cluster, binding)
      ? []
      : [
          `${label(binding)} gives ${textAt(binding, 'roleRef', 'kind')} ${textAt(binding, 'roleRef', 'name')}, which does not exist`,
        ]),
  ]),
]);

function absent(cluster: ClusterObjects, binding: Manifest, subject: unknown): string[] {
  const [kind, name = '', namespace = ''] = [
    textAt(subject, 'kind'),
    textAt(subject, 'name'),
    textAt(subject, 'namespace'),
  ];
  if (kind !== 'ServiceAccount') return [`${label(binding)} gives to ${kind} ${name}, which is no ServiceAccount`];
  const exists =
    named(cluster, 'ServiceAccount', namespace, name) ??
    cluster.preinstalled.has(objectIdentity('', 'ServiceAccount', namespace, name));
  return exists ? [] : [`${label(binding)} gives to ServiceAccount ${namespace}/${name}, which does not exist`];
}

function roleExists(cluster: ClusterObjects, binding: Manifest): boolean {
  const [kind, name] = [textAt(binding, 'roleRef', 'kind') ?? '', textAt(binding, 'roleRef', 'name') ?? ''];
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return (
    named(cluster, kind, namespace, name) !== undefined ||
    cluster.preinstalled.has(objectIdentity('rbac.authorization.k8s.io', kind, namespace, name))
  );
}

function gives(binding: Manifest, role: Manifest): boolean {
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
