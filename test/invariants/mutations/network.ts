import { listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import {
  defaultDeny,
  egressMatched,
  ingressMatched,
  rulesNamePorts,
  ingressPortsExist,
  podPolicies,
} from '../network.ts';
import { type Mutation, mutations, removeRulesFor } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** The default-deny policy of a namespace. */
function defaultDenyOf(d: Draft, namespace: string): Manifest {
  return d.find('NetworkPolicy', (m) => m.metadata.namespace === namespace && m.metadata.name === 'default-deny');
}

/** NetworkPolicies. */
export const networkMutations: readonly Mutation[] = [
  ...mutations(defaultDeny, {
    'namespace without a default-deny policy': [
      (d) => d.remove(defaultDenyOf(d, 'hello')),
      /^Namespace hello does not deny ingress by default/,
    ],
    'default-deny policy without egress': [
      (d) => d.set(defaultDenyOf(d, 'hello'), ['spec', 'policyTypes'], ['Ingress']),
      /^Namespace hello does not deny egress by default/,
    ],
    'namespace of a tenant without a default-deny policy': [
      (d) => d.remove(defaultDenyOf(d, 'checkout')),
      /^Namespace checkout does not deny ingress by default/,
    ],
    'default-deny policy with an egress rule': [
      (d) => d.set(defaultDenyOf(d, 'hello'), ['spec', 'egress'], [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]),
      /default-deny allows traffic of every pod/,
    ],
  }),
  ...mutations(podPolicies, {
    'Deployment without a NetworkPolicy': [
      (d) => d.remove(d.find('NetworkPolicy', 'hello')),
      /^Deployment hello\/hello has no NetworkPolicy for ingress/,
    ],
    'NetworkPolicy without egress': [
      (d) => d.set(d.find('NetworkPolicy', 'mongo'), ['spec', 'policyTypes'], ['Ingress']),
      /^StatefulSet mongo\/mongo has no NetworkPolicy for egress/,
    ],
    'Job without a NetworkPolicy': [
      (d) => d.remove(d.find('NetworkPolicy', 'mongo-setup')),
      /^Job mongo\/mongo-setup has no NetworkPolicy/,
    ],
    'tenant without NetworkPolicies': [
      (d) => {
        for (const name of ['tenant', 'tenant-internal'])
          d.remove(d.find('NetworkPolicy', (m) => m.metadata.namespace === 'checkout' && m.metadata.name === name));
      },
      /^a pod of the tenant in checkout has no NetworkPolicy for ingress/,
    ],
    'ACME challenge solver without a NetworkPolicy': [
      (d) => d.remove(d.find('NetworkPolicy', 'acme-solver')),
      /^the ACME challenge solver in gateway has no NetworkPolicy/,
    ],
  }),
  ...mutations(rulesNamePorts, {
    'ingress rule without ports': [
      (d) => d.drop(d.find('NetworkPolicy', 'hello'), ...INGRESS, 0, 'ports'),
      /^NetworkPolicy hello\/hello allows every port \(ingress 0\)/,
    ],
    'egress rule with a protocol but no port': [
      (d) => d.drop(d.find('NetworkPolicy', 'hello'), 'spec', 'egress', 0, 'ports', 0, 'port'),
      /allows every port \(egress 0\)/,
    ],
    'ingress rule with an empty list of peers': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'from'], []),
      /has a rule with an empty list of peers \(ingress 0\)/,
    ],
  }),
  ...mutations(ingressPortsExist, {
    'ingress rule for an undeclared port': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'ports', 0, 'port'], 3001),
      /^NetworkPolicy hello\/hello allows ingress on port 3001, which Deployment hello\/hello does not have/,
    ],
    'ingress rule for another protocol': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'ports', 0, 'protocol'], 'UDP'),
      /allows ingress on port 3000, which Deployment hello/,
    ],
    'ingress rule for a changed container port': [
      (d) =>
        d.set(
          d.find('Deployment', 'hello'),
          ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
          8080,
        ),
      /allows ingress on port 3000, which Deployment hello/,
    ],
  }),
  ...mutations(egressMatched, {
    'backend without an ingress rule for the gateway': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'hello'), 'ingress', 'gateway'),
      /^Deployment hello\/hello does not allow ingress from Deployment gateway\/gateway on port 3000/,
    ],
    'database without an ingress rule for a client': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'ledger'),
      /^StatefulSet mongo\/mongo does not allow ingress from Deployment ledger\/ledger on port 27017/,
    ],
    'database without an ingress rule for its members': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'mongo'),
      /^StatefulSet mongo\/mongo does not allow ingress from StatefulSet mongo\/mongo/,
    ],
    'egress rule for pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'hello'), ['spec', 'egress'], {
          to: [{ podSelector: { matchLabels: { x: 'y' } } }],
          ports: [{ port: 1 }],
        }),
      /allows egress to pods that do not exist \(any \/ x=y\)/,
    ],
    'egress rule for a namespace that does not exist': [
      (d) =>
        d.set(
          d.find('NetworkPolicy', 'ledger'),
          ['spec', 'egress', 1, 'to', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'],
          'x',
        ),
      /allows egress to pods that do not exist/,
    ],
    'egress rule for an undeclared port': [
      (d) => d.set(d.find('NetworkPolicy', 'ledger'), ['spec', 'egress', 1, 'ports', 0, 'port'], 27018),
      /allows egress to port 27018, which StatefulSet mongo\/mongo does not have/,
    ],
    'ACME challenge solver without ingress rules': [
      (d) => d.set(d.find('NetworkPolicy', 'acme-solver'), [...INGRESS], []),
      /^the ACME challenge solver in gateway does not allow ingress from Deployment gateway\/gateway on port 8089/,
    ],
  }),
  ...mutations(ingressMatched, {
    'gateway without an egress rule for a backend': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'hello'),
      /^Deployment gateway\/gateway does not allow egress to Deployment hello\/hello on port 3000/,
    ],
    'gateway without an egress rule for a tenant': [
      (d) => {
        const rules = listAt(d.find('NetworkPolicy', 'gateway'), 'spec', 'egress');
        const kept = rules.filter((rule) => !JSON.stringify(rule).includes('"checkout"'));
        d.set(d.find('NetworkPolicy', 'gateway'), ['spec', 'egress'], kept);
      },
      /^Deployment gateway\/gateway does not allow egress to a pod of the tenant in checkout on port 8080/,
    ],
    'client without an egress rule for the database': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'ledger'), 'egress', 'mongo'),
      /^Deployment ledger\/ledger does not allow egress to StatefulSet mongo\/mongo on port 27017/,
    ],
    'ingress rule for pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'hello'), [...INGRESS], {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 3000 }],
        }),
      /allows ingress from pods that do not exist/,
    ],
    'ingress rule for a removed client': [
      (d) => d.remove(d.find('Deployment', 'ledger')),
      /^NetworkPolicy mongo\/mongo allows ingress from pods that do not exist/,
    ],
  }),
];
