import { z } from 'zod';
import { type Cloud, type ClusterName, KUBE_DNS, storageClass } from './cloud.ts';
import { IN_CLUSTER_COMMANDS, IN_CLUSTER_STORE } from './in-cluster-store.ts';

/** Schema of the facts of a kind cluster: none. */
export const kindFacts = z.strictObject({});

/** A local kind cluster whose ingress node maps node ports 30080 and 30443 to ports 80 and 443 of the host. */
export function kind(_cluster: ClusterName, _facts: z.output<typeof kindFacts>): Cloud {
  return {
    kind: 'kind',
    preinstalled: [storageClass('standard')],
    dns: [KUBE_DNS],
    podCidrs: ['10.244.0.0/16'],
    // Without the annotation the provisioner creates hostPath volumes, which Velero's file backups skip.
    storage: { storageClassName: 'standard', annotations: { volumeType: 'local' } },
    storageClass: {
      existingBecause:
        'the provisioner of kind keeps files in the containers of the nodes, which are gone with the cluster',
      expands: false,
    },
    loadBalancer: {
      type: 'NodePort',
      nodePorts: { web: 30080, websecure: 30443 },
      nodeSelector: { 'ingress-ready': 'true' },
      address: '127.0.0.1',
    },
    secretStore: IN_CLUSTER_STORE,
    secretPrefix: '',
    secretCommands: IN_CLUSTER_COMMANDS,
    kubeletSelfSigned: true,
    // The kernel is that of the developer's machine.
    userNamespaces: false,
    workloadIdentity: () => ({ openings: [] }),
  };
}
