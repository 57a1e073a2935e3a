import type { SecretStoreProvider } from '../lib/types/external-secrets.ts';

/** Namespace that stands in for a cloud's secret store. */
export const LOCAL_SECRETS = 'secret-store';

/** A secret store in a namespace of the cluster itself. */
export const IN_CLUSTER_STORE: SecretStoreProvider = {
  kubernetes: {
    remoteNamespace: LOCAL_SECRETS,
    server: {
      caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', namespace: LOCAL_SECRETS },
    },
    auth: { serviceAccount: { name: LOCAL_SECRETS, namespace: LOCAL_SECRETS } },
  },
};
