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
    'no default': [(d) => d.remove(denial(d, 'whoami')), /^Namespace whoami does not deny ingress by default/],
    'egress left open': [
      (d) => d.set(denial(d, 'whoami'), ['spec', 'policyTypes'], ['Ingress']),
      /^Namespace whoami does not deny egress by default/,
    ],
    'a default that opens': [
      (d) => d.set(denial(d, 'whoami'), ['spec', 'egress'], [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]),
      /default-deny opens something for every pod/,
    ],
  }),
  ...mutations(podPolicies, {
    'no policy': [
      (d) => d.remove(d.find('NetworkPolicy', 'whoami')),
      /^Deployment whoami\/whoami has no policy for ingress/,
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
      (d) => d.drop(d.find('NetworkPolicy', 'whoami'), ...INGRESS, 0, 'ports'),
      /^NetworkPolicy whoami\/whoami opens every port \(ingress 0\)/,
    ],
    'every port of a protocol': [
      (d) => d.drop(d.find('NetworkPolicy', 'whoami'), 'spec', 'egress', 0, 'ports', 0, 'port'),
      /opens every port \(egress 0\)/,
    ],
    'an empty list of peers': [
      (d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'from'], []),
      /opens to an empty list of peers \(ingress 0\)/,
    ],
  }),
  ...mutations(openPortsListen, {
    'a port of nobody': [
      (d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'ports', 0, 'port'], 3001),
      /^NetworkPolicy whoami\/whoami opens port 3001, which Deployment whoami\/whoami does not have/,
    ],
    'another protocol': [
      (d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'ports', 0, 'protocol'], 'UDP'),
      /opens port 3000, which Deployment whoami/,
    ],
    'a port that the container gave up': [
      (d) =>
        d.set(
          d.find('Deployment', 'whoami'),
          ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
          8080,
        ),
      /opens port 3000, which Deployment whoami/,
    ],
  }),
  ...mutations(egressMet, {
    'a backend that shuts the gateway out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'whoami'), 'ingress', 'gateway'),
      /^Deployment whoami\/whoami does not let Deployment gateway\/gateway in on port 3000/,
    ],
    'a database that shuts a client out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'restaurants'),
      /^StatefulSet mongo\/mongo does not let Deployment restaurants\/restaurants in on port 27017/,
    ],
    'a database whose members shut each other out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'mongo'),
      /^StatefulSet mongo\/mongo does not let StatefulSet mongo\/mongo in/,
    ],
    'pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'whoami'), ['spec', 'egress'], {
          to: [{ podSelector: { matchLabels: { x: 'y' } } }],
          ports: [{ port: 1 }],
        }),
      /opens egress to pods that do not exist \(any \/ x=y\)/,
    ],
    'a namespace that does not exist': [
      (d) =>
        d.set(
          d.find('NetworkPolicy', 'restaurants'),
          ['spec', 'egress', 1, 'to', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'],
          'x',
        ),
      /opens egress to pods that do not exist/,
    ],
    'a port that the other does not have': [
      (d) => d.set(d.find('NetworkPolicy', 'restaurants'), ['spec', 'egress', 1, 'ports', 0, 'port'], 27018),
      /opens egress to port 27018, which StatefulSet mongo\/mongo does not have/,
    ],
    'solvers that shut the gateway out': [
      (d) => d.set(d.find('NetworkPolicy', 'acme-solver'), [...INGRESS], []),
      /^the ACME challenge solver in gateway does not let Deployment gateway\/gateway in on port 8089/,
    ],
  }),
  ...mutations(ingressMet, {
    'a gateway that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'whoami'),
      /^Deployment gateway\/gateway may not go out to Deployment whoami\/whoami on port 3000/,
    ],
    'a client that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'restaurants'), 'egress', 'mongo'),
      /^Deployment restaurants\/restaurants may not go out to StatefulSet mongo\/mongo on port 27017/,
    ],
    'pods that do not exist': [
      (d) =>
        d.push(d.find('NetworkPolicy', 'whoami'), [...INGRESS], {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 3000 }],
        }),
      /opens ingress to pods that do not exist/,
    ],
    'a client that is gone': [
      (d) => d.remove(d.find('Deployment', 'restaurants')),
      /^NetworkPolicy mongo\/mongo opens ingress to pods that do not exist/,
    ],
  }),
];
