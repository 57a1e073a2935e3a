import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';

/** Who is given a role: a ServiceAccount of the component's namespace. */
export interface Grant {
  /** Name of the Role and its RoleBinding. */
  readonly name: string;
  readonly serviceAccount: string;
  readonly rules: readonly k8s.PolicyRule[];
}

/** Gives a ServiceAccount rights in the whole cluster. */
export function grantInCluster(component: Component, { name, serviceAccount, rules }: Grant): void {
  new k8s.KubeClusterRole(component, `ClusterRole.${name}`, { metadata: { name }, rules: rules.slice() });
  bindInCluster(component, { name, serviceAccount, clusterRole: name });
}

/** Gives a ServiceAccount the rights of a ClusterRole that exists. */
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

/** Gives a ServiceAccount rights in one namespace. @param namespace where; the component's own unless given */
export function grantInNamespace(
  component: Component,
  { name, serviceAccount, rules }: Grant,
  namespace = component.namespace,
): void {
  new k8s.KubeRole(component, `Role.${namespace}.${name}`, { metadata: { name, namespace }, rules: rules.slice() });
  bindInNamespace(component, { name, serviceAccount, role: name, namespace });
}

/** Gives a ServiceAccount the rights of a Role that exists. */
export function bindInNamespace(
  component: Component,
  grant: { readonly name: string; readonly serviceAccount: string; readonly role: string; readonly namespace?: string },
): void {
  new k8s.KubeRoleBinding(component, `RoleBinding.${grant.namespace}.${grant.name}`, {
    metadata: { name: grant.name, namespace: grant.namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: grant.role },
    subjects: [{ kind: 'ServiceAccount', name: grant.serviceAccount, namespace: component.namespace }],
  });
}
