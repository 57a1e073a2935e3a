import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { hardenedNamespace } from '../../lib/namespace.ts';
import { grantInNamespace } from '../../lib/rbac.ts';
import type { SecretStoreProvider } from '../../lib/types/external-secrets.ts';

type KubernetesProvider = Extract<SecretStoreProvider, { readonly kubernetes: unknown }>['kubernetes'];

/**
 * A namespace that stands in for a cloud's secret store on a local cluster. As in a cloud, generated secrets outlive
 * the components they were generated for.
 *
 * @param controller the ServiceAccount that may request tokens of the store's ServiceAccount
 */
export function localStore(component: Component, provider: KubernetesProvider, controller: string): void {
  const namespace = provider.remoteNamespace;
  hardenedNamespace(component, { name: namespace, keep: true });
  storeAccount(component, namespace, provider.auth.serviceAccount.name);
  grantInNamespace(
    component,
    {
      name: controller,
      serviceAccount: controller,
      rules: [
        {
          apiGroups: [''],
          resources: ['serviceaccounts/token'],
          resourceNames: [provider.auth.serviceAccount.name],
          verbs: ['create'],
        },
        {
          apiGroups: [''],
          resources: ['configmaps'],
          resourceNames: [provider.server.caProvider.name],
          verbs: ['get'],
        },
      ],
    },
    namespace,
  );
}

/** The ServiceAccount with access to the store, without `list` and `delete`. */
function storeAccount(component: Component, namespace: string, name: string): void {
  const metadata = { name, namespace };
  new k8s.KubeServiceAccount(component, `ServiceAccount.${namespace}`, {
    metadata,
    automountServiceAccountToken: false,
  });
  new k8s.KubeRole(component, `Role.${namespace}`, {
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'update'] }],
  });
  new k8s.KubeRoleBinding(component, `RoleBinding.${namespace}`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
}
