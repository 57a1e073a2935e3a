import { capability } from '../../kinds/kind.ts';
import { portOf } from '../../lib/host.ts';
import { addressesOrAny, ANYWHERE, anywhere, type Opening, outside } from '../../lib/network.ts';
import {
  type BackupTarget,
  type Cloud,
  type CloudUser,
  type ClusterName,
  type LoadBalancer,
  type StorageClass,
  storageClass,
} from '../cloud.ts';
import { dnsOpening, dnsSecrets, dnsZone } from './dns.ts';
import type { GenericFacts, PREINSTALLED } from './facts.ts';
import { secretCommands, secretStore, type StoreFacts } from './store.ts';

/**
 * Any cluster, described by its facts alone: k3s, bare metal, GKE.
 *
 * @throws Fault if the DNS zone of the facts does not hold the cluster's domain
 */
export function generic(cluster: ClusterName, facts: GenericFacts): Cloud {
  const { storage, secret_store: store, dns_zone: zone, backups } = facts;
  return {
    kind: 'generic',
    preinstalled: [
      ...(storage.provisioner === undefined ? [storageClass(storage.class)] : []),
      ...facts.preinstalled.map((what) => CAPABILITIES[what]),
    ],
    secretsByHand: zone && dnsSecrets(zone),
    dns: [...facts.dns_pods, ...facts.dns_server_cidrs.map((cidr) => ({ cidr }))],
    apiServer: addressesOrAny(facts.api_server_cidrs),
    nodes: outside(ANYWHERE, facts.pod_cidrs),
    podCidrs: facts.pod_cidrs,
    storage: { storageClassName: storage.class, annotations: storage.claim_annotations },
    storageClass: storageClassOf(storage),
    loadBalancer: loadBalancer(facts.traffic),
    secretStore: secretStore(store),
    secretCommands: secretCommands(store),
    // A namespace of the cluster is not shared with other clusters.
    secretPrefix: store.provider === 'kubernetes' ? '' : `${cluster.name}-`,
    zone: zone && dnsZone(zone, cluster),
    backups: backups && backupTarget(backups),
    databases: facts.databases ?? {},
    kubeletSelfSigned: facts.kubelet_self_signed,
    userNamespaces: facts.user_namespaces,
    workloadIdentity: (component) => ({
      serviceAccountAnnotations: facts.workload_identity?.service_account_annotations?.[component],
      openings: openings(facts, component),
    }),
  };
}

const CAPABILITIES: Readonly<Record<(typeof PREINSTALLED)[number], string>> = {
  'metrics-api': capability.api('metrics.k8s.io'),
  'snapshot-definitions': capability.crd('snapshot.storage.k8s.io', 'volumesnapshotclasses'),
};

function storageClassOf({ provisioner, parameters = {}, expandable: expands }: GenericFacts['storage']): StorageClass {
  return provisioner === undefined
    ? { existingBecause: 'its facts name a StorageClass that the cluster has, not its provisioner', expands }
    : { provisioner, parameters, expands };
}

function loadBalancer(traffic: GenericFacts['traffic']): LoadBalancer {
  if (traffic.type === 'NodePort')
    return {
      type: 'NodePort',
      nodePorts: { web: traffic.web_port, websecure: traffic.websecure_port },
      nodeSelector: traffic.node_labels,
      address: traffic.address,
    };
  return {
    type: 'LoadBalancer',
    loadBalancerClass: traffic.class,
    annotations: traffic.annotations,
    proxyProtocolFrom: traffic.proxy_protocol_cidrs,
    address: traffic.address,
  };
}

function backupTarget(backups: NonNullable<GenericFacts['backups']>): BackupTarget {
  const { bucket, snapshot_driver: snapshotDriver } = backups;
  if (backups.provider === 's3') {
    const { endpoint: s3Url, region, secret: keysEntry } = backups;
    return { plugin: 'aws', bucket, config: { region, s3Url, s3ForcePathStyle: 'true' }, keysEntry, snapshotDriver };
  }
  const { service_account: serviceAccount } = backups;
  return { plugin: 'gcp', bucket, config: serviceAccount === undefined ? {} : { serviceAccount }, snapshotDriver };
}

/** Egress of a component to the services outside that it calls, and to what issues its credentials for them. */
function openings(
  { dns_zone, secret_store, backups, workload_identity }: GenericFacts,
  component: CloudUser,
): Opening[] {
  const records = dns_zone && dnsOpening(dns_zone);
  const [service, opening] = {
    'cert-manager': [dns_zone, records] as const,
    'external-dns': [dns_zone, records] as const,
    'external-secrets': [secret_store, storeOpening(secret_store)] as const,
    velero: [backups, anywhere(backups?.provider === 's3' ? portOf(backups.endpoint) : 443)] as const,
  }[component];
  if (service === undefined || opening === undefined) return [];
  const issuers = service.provider === 'google' ? (workload_identity?.endpoints ?? []) : [];
  return [opening, ...issuers.map(({ cidr, ports }) => ({ peers: [{ cidr }], tcp: ports }))];
}

function storeOpening(store: StoreFacts): Opening | undefined {
  if (store.provider === 'kubernetes') return undefined;
  return anywhere(store.provider === 'vault' ? portOf(store.server) : 443);
}
