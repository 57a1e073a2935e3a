import { BlockList } from 'node:net';
import { databasesOwnership } from '../databases.ts';
import { eachText, type Ownership, type OwnValue } from '../ownership.ts';
import type { GenericFacts } from './facts.ts';

/** Which facts of a generic cluster no other cluster may have. */
export const genericOwnership: Ownership<GenericFacts> = {
  pod_cidrs: 'shared',
  api_server_cidrs: 'shared',
  user_namespaces: 'shared',
  dns_pods: 'shared',
  dns_server_cidrs: 'shared',
  storage: 'shared',
  traffic: {
    what: 'the public address',
    values: ({ address }) =>
      address === undefined || isPrivate(address) ? [] : [{ value: address, below: ['address'] }],
  },
  // Each cluster writes records of its own domain, and marks them with its name.
  dns_zone: 'shared',
  secret_store: { what: 'the secrets', prefixed: true, values: secretStoreOf },
  backups: {
    what: 'the backups',
    values: (backups) => [
      { value: `${backups.provider === 's3' ? backups.endpoint : 'gs:'} ${backups.bucket}`, below: ['bucket'] },
    ],
  },
  databases: databasesOwnership,
  workload_identity: {
    what: 'the identity of a component',
    values: ({ service_account_annotations: annotations }) => eachText(annotations, ['service_account_annotations']),
  },
  kubelet_self_signed: 'shared',
  preinstalled: 'shared',
};

/** A store in the cluster itself is no other cluster's. */
function secretStoreOf(store: GenericFacts['secret_store']): OwnValue[] {
  if (store.provider === 'kubernetes') return [];
  const [value, key] =
    store.provider === 'vault' ? [`${store.server} ${store.path}`, 'path'] : [store.project, 'project'];
  return [{ value, below: [key] }];
}

/** Addresses that another site may have too. */
const PRIVATE = new BlockList();
for (const [range, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(range, bits, 'ipv4');
for (const [range, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(range, bits, 'ipv6');

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
