import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { hardenedNamespace } from '../../lib/namespace.ts';
import { grantInNamespace } from '../../lib/rbac.ts';
import type { SecretStoreProvider } from '../../lib/types/external-secrets.ts';

type KubernetesProvider = Extract<SecretStoreProvider, { readonly kubernetes: unknown }>['kubernetes'];

/**
 * A namespace that stands for a cloud's secret store, on a laptop: what is generated lies there as Secrets, which
 * outlive the components they were generated for, as they do in a cloud.
 *
 * @param controller the ServiceAccount that gets in by a token of the store's own
 */
export function localStore(component: Component, provider: KubernetesProvider, controller: string): void {
  const namespace = provider.remoteNamespace;
  hardenedNamespace(component, { name: namespace, keep: true });
  keeper(component, namespace, provider.auth.serviceAccount.name);
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

/** The account that the store is read and written as. It has no `list` and no `delete`. */
function keeper(component: Component, namespace: string, name: string): void {
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
