import { z } from 'zod';
import { outside } from '../lib/network.ts';
import { type Cloud, type ClusterName, KUBE_DNS, storageClass } from './cloud.ts';
import { IN_CLUSTER_COMMANDS, IN_CLUSTER_STORE } from './in-cluster-store.ts';

/** Schema of the facts of a kind cluster: none. */
export const kindFacts = z.strictObject({});

/** Pods, as kind has them by default. */
const PODS = '10.244.0.0/16';

/**
 * The ranges that container engines take networks from: the node of the control plane has an address in one of them,
 * which is known only once it runs. The address of its Service is in the first of them.
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** Its nodes, and so its control plane, are containers: their addresses are private, and none of them is a pod's. */
const NODES = outside(
  PRIVATE.map((cidr) => ({ cidr })),
  [PODS],
);

/** A local kind cluster whose ingress node maps node ports 30080 and 30443 to ports 80 and 443 of the host. */
export function kind(_cluster: ClusterName, _facts: z.output<typeof kindFacts>): Cloud {
  return {
    kind: 'kind',
    preinstalled: [storageClass('standard')],
    dns: [KUBE_DNS],
    apiServer: NODES,
    nodes: NODES,
    podCidrs: [PODS],
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
