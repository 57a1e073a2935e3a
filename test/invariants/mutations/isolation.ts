import type { Draft } from '../../lib/draft.ts';
import { egressNamesPeers, hostsOfNamespaces, noMetadata, secretReadersConfined } from '../isolation.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Adds a rule of egress to any address. */
function open(d: Draft, policy: string, port: number, ...except: string[]): void {
  const block = { cidr: '0.0.0.0/0', ...(except.length > 0 && { except }) };
  d.push(d.find('NetworkPolicy', policy), ['spec', 'egress'], {
    to: [{ ipBlock: block }],
    ports: [{ port, protocol: 'TCP' }],
  });
}

const METADATA = ['169.254.0.0/16', '168.63.129.16/32'];

/** Egress, Secrets and hosts. */
export const isolationMutations: readonly Mutation[] = [
  ...mutations(egressNamesPeers, {
    'egress to the API server without its addresses': [
      (d) => d.drop(d.find('NetworkPolicy', 'gateway'), 'spec', 'egress', 1, 'to'),
      /^NetworkPolicy gateway\/gateway allows egress to any peer on TCP 443, TCP 6443/,
    ],
    'egress rule with an empty list of peers': [
      (d) => d.set(d.find('NetworkPolicy', 'cert-manager-webhook'), ['spec', 'egress', 1, 'to'], []),
      /^NetworkPolicy cert-manager\/cert-manager-webhook allows egress to any peer/,
    ],
  }),
  ...mutations(noMetadata, {
    'egress to anywhere with the link-local addresses': [
      (d) => open(d, 'hello', 80, '168.63.129.16/32'),
      /^NetworkPolicy hello\/hello allows egress to the metadata service 169\.254\.169\.254/,
    ],
    "egress to anywhere with Azure's service for agents": [
      (d) => open(d, 'hello', 443, '169.254.0.0/16'),
      /^NetworkPolicy hello\/hello allows egress to the metadata service 168\.63\.129\.16/,
    ],
    'egress of a component with a cloud identity to more than its agent': [
      (d) => open(d, 'cert-manager', 8080),
      /^NetworkPolicy cert-manager\/cert-manager allows egress to the metadata service 169\.254\.170\.23/,
    ],
    'egress of a service to the metadata service alone': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'hello'), ['spec', 'egress'], {
          to: [{ ipBlock: { cidr: 'fd00:ec2::254/128' } }],
          ports: [{ port: 80, protocol: 'TCP' }],
        }),
      /^NetworkPolicy hello\/hello allows egress to the metadata service fd00:ec2::254/,
    ],
  }),
  ...mutations(secretReadersConfined, {
    'proxy that may read the Secrets of every namespace, and call any address': [
      (d) => {
        d.push(d.find('ClusterRole', 'gateway'), ['rules'], {
          apiGroups: [''],
          resources: ['secrets'],
          verbs: ['list'],
        });
        open(d, 'gateway', 8443, ...METADATA);
      },
      /^Deployment gateway\/gateway may read every Secret and call any address on TCP 8443/,
    ],
    'cainjector with egress besides the API server': [
      (d) => open(d, 'cert-manager-cainjector', 8443, ...METADATA),
      /^Deployment cert-manager\/cert-manager-cainjector may read every Secret and call any address on TCP 8443/,
    ],
  }),
  ...mutations(hostsOfNamespaces, {
    'gateway without the policy on routes': [
      (d) => d.remove(d.find('ValidatingAdmissionPolicy', 'route-hosts')),
      /^Gateway gateway\/gateway is open to routes of any host/,
    ],
    'policy on routes that only warns': [
      (d) => d.set(d.find('ValidatingAdmissionPolicyBinding', 'route-hosts'), ['spec', 'validationActions'], ['Warn']),
      /^Gateway gateway\/gateway is open to routes of any host/,
    ],
    'route of a host of others': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'hostnames', 0], 'ledger.example.com'),
      /^HTTPRoute hello\/hello names the host ledger\.example\.com of others/,
    ],
    'route without a host': [
      (d) => d.drop(d.find('HTTPRoute', 'hello'), 'spec', 'hostnames'),
      /^HTTPRoute hello\/hello names no host/,
    ],
  }),
];
