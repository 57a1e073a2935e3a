import { BlockList, isIPv6 } from 'node:net';
import { CLOUD_USERS } from '../../charts/cloud/cloud.ts';
import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { type Pods, workloadPods } from '../lib/pods.ts';
import { Network, type Rule, type RulePeer } from '../lib/policies.ts';
import { invariant } from './invariant.ts';

/** A rule without peers allows every address, those of metadata services included. */
export const egressNamesPeers = invariant('every egress rule names its peers', (cluster) =>
  new Network(cluster).policies.flatMap((policy) =>
    policy.egress
      .filter(({ peers = [] }) => peers.length === 0)
      .map(({ ports = [] }) => `${policy.label} allows egress to any peer on ${portsText(ports)}`),
  ),
);

/** Where clouds give the credentials of a node, or of whichever pod asks. */
const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
];

/** Components that sign in at the cloud by an agent at such an address, which they name alone. */
const SIGN_IN: ReadonlySet<string> = new Set(CLOUD_USERS);

/** Credentials of a node are those of everything that runs on it. */
export const noMetadata = invariant('no pod may call the metadata services of a cloud', (cluster) =>
  new Network(cluster).policies.flatMap((policy) =>
    policy.egress
      .flatMap(({ peers = [] }) => peers)
      .filter((peer) => !(SIGN_IN.has(policy.namespace) && /\/(32|128)$/.test(peer.ipBlock?.cidr ?? '')))
      .flatMap((peer) => METADATA.filter((address) => reaches(peer, address)))
      .map((address) => `${policy.label} allows egress to the metadata service ${address}`),
  ),
);

function reaches({ ipBlock }: RulePeer, address: string): boolean {
  return ipBlock !== undefined && holds(ipBlock.cidr, address) && !ipBlock.except?.some((one) => holds(one, address));
}

function holds(range: string, address: string): boolean {
  if (isIPv6(address) !== range.includes(':')) return false;
  const [net = '', prefix] = range.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(net, Number(prefix), family);
  return block.check(address, family);
}

/** What may read every Secret cannot send them anywhere. */
export const secretReadersConfined = invariant(
  'no workload that may read every Secret may call any address',
  (cluster) => {
    const network = new Network(cluster);
    return workloadPods(cluster)
      .filter((pods) => readsEverySecret(cluster, pods))
      .flatMap((pods) =>
        network
          .policiesOf(network.endpointOf(pods), 'egress')
          .flatMap(({ egress }) => egress.filter(isOpen))
          .map(({ ports = [] }) => `${pods.label} may read every Secret and call any address on ${portsText(ports)}`),
      );
  },
  {
    'Deployment cert-manager/cert-manager may read every Secret and call any address on *':
      'it watches the Secrets of Certificates in all namespaces, and neither ACME servers nor the APIs of DNS zones have addresses that stay; without ACME it has no such egress',
    'Deployment external-secrets/external-secrets may read every Secret and call any address on *':
      'it writes Secrets in every namespace that uses the store, and the API of a cloud has no addresses that stay',
    'Deployment velero/velero may read every Secret and call any address on *':
      'a backup contains them, and goes to an object store without addresses that stay',
    'Deployment cert-manager/cert-manager-cainjector may read every Secret and call any address on TCP 443, TCP 6443':
      'its only egress is to the API server, whose addresses the facts of some clusters do not have',
  },
);

/** True if it allows more than one part in 256 of all addresses: no network of one's own is as large. */
function isOpen({ peers = [] }: Rule): boolean {
  return peers.length === 0 || peers.some(({ ipBlock }) => ipBlock && Number(ipBlock.cidr.split('/')[1]) < 8);
}

/** Roles of every cluster that include Secrets. */
const ADMINISTRATORS: ReadonlySet<string> = new Set(['cluster-admin', 'admin', 'edit']);

function readsEverySecret(cluster: ClusterObjects, { namespace, spec }: Pods): boolean {
  return ofKind(cluster, 'ClusterRoleBinding')
    .filter((binding) =>
      listAt(binding, 'subjects').some(
        (one) => textAt(one, 'name') === spec.serviceAccountName && textAt(one, 'namespace') === namespace,
      ),
    )
    .map((binding) => textAt(binding, 'roleRef', 'name') ?? '')
    .some(
      (role) =>
        ADMINISTRATORS.has(role) || listAt(named(cluster, 'ClusterRole', undefined, role), 'rules').some(coversSecrets),
    );
}

function coversSecrets(rule: unknown): boolean {
  return (
    textsAt(rule, 'apiGroups').some((group) => group === '' || group === '*') &&
    textsAt(rule, 'resources').some((resource) => resource === 'secrets' || resource === '*') &&
    textsAt(rule, 'verbs').some((verb) => ['get', 'list', 'watch', '*'].includes(verb)) &&
    listAt(rule, 'resourceNames').length === 0
  );
}

const POLICY = 'route-hosts';

/** The API server refuses what this finds. */
export const hostsOfNamespaces = invariant(
  'a policy ties the hosts of each Gateway to namespaces, and every route meets it',
  (cluster) => {
    const gateways = ofKind(cluster, 'Gateway');
    const policy = named(cluster, 'ValidatingAdmissionPolicy', undefined, POLICY);
    const enforced = ofKind(cluster, 'ValidatingAdmissionPolicyBinding').some(
      (binding) =>
        textAt(binding, 'spec', 'policyName') === POLICY &&
        textsAt(binding, 'spec', 'validationActions').includes('Deny') &&
        at(binding, 'spec', 'matchResources') === undefined,
    );
    if (!policy || !enforced || textAt(policy, 'spec', 'failurePolicy') !== 'Fail')
      return gateways.map(
        (gateway) => `${label(gateway)} is open to routes of any host: no policy ${POLICY} denies them`,
      );
    const hosts = hostsOf(policy);
    const homes = new Set(gateways.map(({ metadata }) => metadata.namespace));
    return ofKind(cluster, 'HTTPRoute', 'GRPCRoute', 'TLSRoute')
      .filter(({ metadata }) => !homes.has(metadata.namespace))
      .filter((one) => listAt(one, 'spec', 'parentRefs').some((parent) => homes.has(textAt(parent, 'namespace'))))
      .flatMap((one) => refused(one, hosts[one.metadata.namespace ?? ''] ?? []));
  },
);

function refused(route: Manifest, own: readonly string[]): string[] {
  const names = textsAt(route, 'spec', 'hostnames');
  if (names.length === 0) return [`${label(route)} names no host`];
  return names.filter((name) => !own.includes(name)).map((name) => `${label(route)} names the host ${name} of others`);
}

/** The literal of the policy's first variable, which is JSON too. */
function hostsOf(policy: Manifest): Readonly<Record<string, readonly string[]>> {
  const variable = listAt(policy, 'spec', 'variables').find((one) => textAt(one, 'name') === 'hosts');
  return JSON.parse(textAt(variable, 'expression') ?? '{}') as Record<string, string[]>;
}

function portsText(ports: NonNullable<Rule['ports']>): string {
  return ports.map(({ protocol = 'TCP', port = 'any' }) => `${protocol} ${port}`).join(', ') || 'any port';
}
