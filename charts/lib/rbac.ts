import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';

/** Permissions of a ServiceAccount in the component's namespace. */
export interface Grant {
  /** Name of the role and its binding. */
  readonly name: string;
  readonly serviceAccount: string;
  /** Namespace of the ServiceAccount. @default the component's */
  readonly of?: string;
  readonly rules: readonly k8s.PolicyRule[];
}

/** Grants a ServiceAccount cluster-wide permissions, by a ClusterRole and a ClusterRoleBinding. */
export function grantInCluster(component: Component, { name, serviceAccount, rules }: Grant): void {
  new k8s.KubeClusterRole(component, `ClusterRole.${name}`, { metadata: { name }, rules: rules.slice() });
  bindInCluster(component, { name, serviceAccount, clusterRole: name });
}

/** Binds a ServiceAccount to an existing ClusterRole, cluster-wide. */
export function bindInCluster(
  component: Component,
  {
    name,
    serviceAccount,
    clusterRole,
  }: { readonly name: string; readonly serviceAccount: string; readonly clusterRole: string },
): void {
  new k8s.KubeClusterRoleBinding(component, `ClusterRoleBinding.${name}`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: component.namespace }],
  });
}

/** Grants a ServiceAccount permissions in one namespace. @param namespace @default the component's namespace */
export function grantInNamespace(
  component: Component,
  { name, serviceAccount, of, rules }: Grant,
  namespace = component.namespace,
): void {
  new k8s.KubeRole(component, `Role.${namespace}.${name}`, { metadata: { name, namespace }, rules: rules.slice() });
  bindInNamespace(component, { name, serviceAccount, of, role: name, namespace });
}

/** Grants a group of people permissions in one namespace. */
export function bindGroupInNamespace(
  component: Component,
  grant: {
    readonly name: string;
    readonly group: string;
    readonly rules: readonly k8s.PolicyRule[];
    readonly namespace: string;
  },
): void {
  const { name, namespace, rules, group } = grant;
  const apiGroup = 'rbac.authorization.k8s.io';
  new k8s.KubeRole(component, `Role.${namespace}.${name}`, { metadata: { name, namespace }, rules: rules.slice() });
  new k8s.KubeRoleBinding(component, `RoleBinding.${namespace}.${name}`, {
    metadata: { name, namespace },
    roleRef: { apiGroup, kind: 'Role', name },
    subjects: [{ apiGroup, kind: 'Group', name: group }],
  });
}

/** Binds a ServiceAccount to an existing Role. */
export function bindInNamespace(
  component: Component,
  grant: Omit<Grant, 'rules'> & { readonly role: string; readonly namespace?: string },
): void {
  new k8s.KubeRoleBinding(component, `RoleBinding.${grant.namespace}.${grant.name}`, {
    metadata: { name: grant.name, namespace: grant.namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: grant.role },
    subjects: [{ kind: 'ServiceAccount', name: grant.serviceAccount, namespace: grant.of ?? component.namespace }],
  });
}

/** Adds roles that the cluster's roles of people, `view`, `edit` and `admin`, consist of. */
export function aggregateToPeople(
  component: Component,
  roles: readonly {
    readonly name: string;
    readonly aggregatedTo: readonly string[];
    readonly rules: readonly k8s.PolicyRule[];
  }[],
): void {
  for (const { name, aggregatedTo, rules } of roles)
    new k8s.KubeClusterRole(component, `ClusterRole.${name}`, {
      metadata: {
        name,
        labels: Object.fromEntries(
          aggregatedTo.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']),
        ),
      },
      rules: rules.slice(),
    });
}
