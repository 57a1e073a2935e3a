import type { SecretStoreProvider } from '../lib/types/external-secrets.ts';
import type { SecretCommands } from './secret-commands.ts';

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

/** Every key of a Secret with its value, as a template of kubectl. */
const DECODED = '{{range $key, $value := .data}}{{$key}}: {{$value | base64decode}}{{"\\n"}}{{end}}';

/** kubectl: a Secret of the namespace is an entry, and each of its keys one of the entry. */
export const IN_CLUSTER_COMMANDS: SecretCommands = {
  store: `the namespace ${LOCAL_SECRETS}`,
  write: ({ remoteKey, name, keys }) => {
    const files = keys.map((key) => `--from-file=${key}=${name}/${key}`).join(' ');
    const create = `kubectl create secret generic ${remoteKey} -n ${LOCAL_SECRETS} ${files}`;
    return {
      files: Object.fromEntries(
        keys.map((key) => [`${name}/${key}`, 'the value alone, without a line break after it']),
      ),
      create,
      update: `${create} --dry-run=client -o yaml | kubectl replace -f -`,
    };
  },
  read: (name) => `kubectl get secret ${name} -n ${LOCAL_SECRETS} -o go-template='${DECODED}'`,
};
