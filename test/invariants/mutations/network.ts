import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { defaultDeny, egressMet, ingressMet, namedOpenings, openPortsListen, podPolicies } from '../network.ts';
import { type Mutation, mutations, shutOut } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** The one default-deny of a component's namespace. */
function denial(d: Draft, namespace: string): Manifest {
  return d.find('NetworkPolicy', (m) => m.metadata.namespace === namespace && m.metadata.name === 'default-deny');
}

/** Who may talk to whom. */
export const networkMutations: readonly Mutation[] = [
  ...mutations(defaultDeny, {
    'no default': [(d) => d.remove(denial(d, 'hello')), /^Namespace hello does not deny ingress by default/],
    'egress left open': [
      (d) => d.set(denial(d, 'hello'), ['spec', 'policyTypes'], ['Ingress']),
      /^Namespace hello does not deny egress by default/,
    ],
    'a default that opens': [
      (d) => d.set(denial(d, 'hello'), ['spec', 'egress'], [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]),
      /default-deny opens something for every pod/,
    ],
  }),
  ...mutations(podPolicies, {
    'no policy': [
      (d) => d.remove(d.find('NetworkPolicy', 'hello')),
      /^Deployment hello\/hello has no policy for ingress/,
    ],
    'one direction': [
      (d) => d.set(d.find('NetworkPolicy', 'mongo'), ['spec', 'policyTypes'], ['Ingress']),
      /^StatefulSet mongo\/mongo has no policy for egress/,
    ],
    'a Job without one': [
      (d) => d.remove(d.find('NetworkPolicy', 'mongo-setup')),
      /^Job mongo\/mongo-setup has no policy/,
    ],
    'solvers without one': [
      (d) => d.remove(d.find('NetworkPolicy', 'acme-solver')),
      /^the ACME challenge solver in gateway has no policy/,
    ],
  }),
  ...mutations(namedOpenings, {
    'every port': [
      (d) => d.drop(d.find('NetworkPolicy', 'hello'), ...INGRESS, 0, 'ports'),
      /^NetworkPolicy hello\/hello opens every port \(ingress 0\)/,
    ],
    'every port of a protocol': [
      (d) => d.drop(d.find('NetworkPolicy', 'hello'), 'spec', 'egress', 0, 'ports', 0, 'port'),
      /opens every port \(egress 0\)/,
    ],
    'an empty list of peers': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'from'], []),
      /opens to an empty list of peers \(ingress 0\)/,
    ],
  }),
  ...mutations(openPortsListen, {
    'a port of nobody': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'ports', 0, 'port'], 3001),
      /^NetworkPolicy hello\/hello opens port 3001, which Deployment hello\/hello does not have/,
    ],
    'another protocol': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS, 0, 'ports', 0, 'protocol'], 'UDP'),
      /opens port 3000, which Deployment hello/,
    ],
    'a port that the container gave up': [
      (d) =>
        d.set(
          d.find('Deployment', 'hello'),
          ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
          8080,
        ),
      /opens port 3000, which Deployment hello/,
    ],
  }),
  ...mutations(egressMet, {
    'a backend that shuts the gateway out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'hello'), 'ingress', 'gateway'),
      /^Deployment hello\/hello does not let Deployment gateway\/gateway in on port 3000/,
    ],
    'a database that shuts a client out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'ledger'),
      /^StatefulSet mongo\/mongo does not let Deployment ledger\/ledger in on port 27017/,
    ],
    'a database whose members shut each other out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'mongo'),
      /^StatefulSet mongo\/mongo does not let StatefulSet mongo\/mongo in/,
    ],
    'pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'hello'), ['spec', 'egress'], {
          to: [{ podSelector: { matchLabels: { x: 'y' } } }],
          ports: [{ port: 1 }],
        }),
      /opens egress to pods that do not exist \(any \/ x=y\)/,
    ],
    'a namespace that does not exist': [
      (d) =>
        d.set(
          d.find('NetworkPolicy', 'ledger'),
          ['spec', 'egress', 1, 'to', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'],
          'x',
        ),
      /opens egress to pods that do not exist/,
    ],
    'a port that the other does not have': [
      (d) => d.set(d.find('NetworkPolicy', 'ledger'), ['spec', 'egress', 1, 'ports', 0, 'port'], 27018),
      /opens egress to port 27018, which StatefulSet mongo\/mongo does not have/,
    ],
    'solvers that shut the gateway out': [
      (d) => d.set(d.find('NetworkPolicy', 'acme-solver'), [...INGRESS], []),
      /^the ACME challenge solver in gateway does not let Deployment gateway\/gateway in on port 8089/,
    ],
  }),
  ...mutations(ingressMet, {
    'a gateway that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'hello'),
      /^Deployment gateway\/gateway may not go out to Deployment hello\/hello on port 3000/,
    ],
    'a client that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'ledger'), 'egress', 'mongo'),
      /^Deployment ledger\/ledger may not go out to StatefulSet mongo\/mongo on port 27017/,
    ],
    'pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'hello'), [...INGRESS], {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 3000 }],
        }),
      /opens ingress to pods that do not exist/,
    ],
    'a client that is gone': [
      (d) => d.remove(d.find('Deployment', 'ledger')),
      /^NetworkPolicy mongo\/mongo opens ingress to pods that do not exist/,
    ],
  }),
];
