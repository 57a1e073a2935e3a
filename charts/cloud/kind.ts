import { z } from 'zod';
import { type Cloud, type ClusterName, KUBE_DNS, storageClass } from './cloud.ts';
import type { SecretCommands } from './secret-commands.ts';

/** Schema of the facts of a kind cluster: none. */
export const kindFacts = z.strictObject({});

/** Namespace that stands in for a cloud's secret store. */
export const LOCAL_SECRETS = 'secret-store';

/** A local kind cluster whose ingress node maps node ports 30080 and 30443 to ports 80 and 443 of the host. */
export function kind(_cluster: ClusterName, _facts: z.output<typeof kindFacts>): Cloud {
  return {
    kind: 'kind',
    preinstalled: [storageClass('standard')],
    dns: [KUBE_DNS],
    podCidrs: ['10.244.0.0/16'],
    // Without the annotation the provisioner creates hostPath volumes, which Velero's file backups skip.
    storage: { storageClassName: 'standard', annotations: { volumeType: 'local' } },
    loadBalancer: {
      type: 'NodePort',
      nodePorts: { web: 30080, websecure: 30443 },
      nodeSelector: { 'ingress-ready': 'true' },
      address: '127.0.0.1',
    },
    secretStore: {
      kubernetes: {
        remoteNamespace: LOCAL_SECRETS,
        server: {
          caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', namespace: LOCAL_SECRETS },
        },
        auth: { serviceAccount: { name: LOCAL_SECRETS, namespace: LOCAL_SECRETS } },
      },
    },
    secretPrefix: '',
    secretCommands: namespaceCommands(LOCAL_SECRETS),
    kubeletSelfSigned: true,
    workloadIdentity: () => ({ openings: [] }),
  };
}

/** kubectl, for a namespace whose Secrets are the entries: each key of an entry is one of the Secret. */
function namespaceCommands(namespace: string): SecretCommands {
  return {
    store: `the namespace ${namespace}`,
    write: ({ remoteKey, name, keys }) => {
      const files = keys.map((key) => `--from-file=${key}=${name}/${key}`).join(' ');
      const create = `kubectl create secret generic ${remoteKey} -n ${namespace} ${files}`;
      return {
        files: Object.fromEntries(
          keys.map((key) => [`${name}/${key}`, 'the value alone, without a line break after it']),
        ),
        create,
        update: `${create} --dry-run=client -o yaml | kubectl replace -f -`,
      };
    },
    read: (name) => `kubectl get secret ${name} -n ${namespace} -o go-template='${DECODED}'`,
  };
}

/** Every key of a Secret with its value, as a template of kubectl. */
const DECODED = '{{range $key, $value := .data}}{{$key}}: {{$value | base64decode}}{{"\\n"}}{{end}}';
