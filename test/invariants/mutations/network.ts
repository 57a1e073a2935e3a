import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { Missing } from '../../lib/draft.ts';
import { namedHosts } from '../hosts.ts';
import { defaultDeny, egressMet, ingressMet, namedOpenings, openPortsListen, podPolicies } from '../network.ts';
import { apiServerOpen, outsideOpen, routesOpen } from '../service-network.ts';
import { type Mutation, mutations, of } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** The one default-deny of a component's namespace. */
function denial(d: Draft, namespace: string): Manifest {
  return d.find('NetworkPolicy', (m) => m.metadata.namespace === namespace && m.metadata.name === 'default-deny');
}

/** Takes away every rule of a policy that names a component among its peers. */
function shutOut(d: Draft, policy: Manifest, field: 'ingress' | 'egress', component: string): void {
  const names = (rule: unknown): boolean =>
    listAt(rule, field === 'ingress' ? 'from' : 'to').some((peer) => textAt(peer, 'podSelector', 'matchLabels', 'app.kubernetes.io/name') === component);
  const rules = listAt(policy, 'spec', field);
  if (!rules.some(names)) throw new Missing(`no ${field} for ${component}`);
  d.set(policy, ['spec', field], rules.filter((rule) => !names(rule)));
}

/** Where the first rule of a policy that is for all peers stands. */
function worldRule(policy: Manifest): number {
  const i = listAt(policy, 'spec', 'ingress').findIndex((rule) => at(rule, 'from') === undefined);
  if (i < 0) throw new Missing('no rule for all');
  return i;
}

/** Who may talk to whom. */
export const networkMutations: readonly Mutation[] = [
  ...mutations(defaultDeny, {
    'no default': [(d) => d.remove(denial(d, 'whoami')), /^Namespace whoami does not deny ingress by default/],
    'egress left open': [(d) => d.set(denial(d, 'whoami'), ['spec', 'policyTypes'], ['Ingress']), /^Namespace whoami does not deny egress by default/],
    'a default that opens': [(d) => d.set(denial(d, 'whoami'), ['spec', 'egress'], [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]), /default-deny opens something for every pod/],
  }),
  ...mutations(podPolicies, {
    'no policy': [(d) => d.remove(d.find('NetworkPolicy', 'whoami')), /^Deployment whoami\/whoami has no policy for ingress/],
    'one direction': [(d) => d.set(d.find('NetworkPolicy', 'mongo'), ['spec', 'policyTypes'], ['Ingress']), /^StatefulSet mongo\/mongo has no policy for egress/],
    'a Job without one': [(d) => d.remove(d.find('NetworkPolicy', 'mongo-setup')), /^Job mongo\/mongo-setup has no policy/],
    'solvers without one': [(d) => d.remove(d.find('NetworkPolicy', 'acme-solver')), /^the ACME challenge solver in gateway has no policy/],
  }),
  ...mutations(namedOpenings, {
    'every port': [(d) => d.drop(d.find('NetworkPolicy', 'whoami'), ...INGRESS, 0, 'ports'), /^NetworkPolicy whoami\/whoami opens every port \(ingress 0\)/],
    'every port of a protocol': [(d) => d.drop(d.find('NetworkPolicy', 'whoami'), 'spec', 'egress', 0, 'ports', 0, 'port'), /opens every port \(egress 0\)/],
    'an empty list of peers': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'from'], []), /opens to an empty list of peers \(ingress 0\)/],
  }),
  ...mutations(openPortsListen, {
    'a port of nobody': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'ports', 0, 'port'], 3001), /^NetworkPolicy whoami\/whoami opens port 3001, which Deployment whoami\/whoami does not have/],
    'another protocol': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS, 0, 'ports', 0, 'protocol'], 'UDP'), /opens port 3000, which Deployment whoami/],
    'a port that the container gave up': [(d) => d.set(d.find('Deployment', 'whoami'), ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'], 8080), /opens port 3000, which Deployment whoami/],
  }),
  ...mutations(egressMet, {
    'a backend that shuts the gateway out': [(d) => shutOut(d, d.find('NetworkPolicy', 'whoami'), 'ingress', 'gateway'), /^Deployment whoami\/whoami does not let Deployment gateway\/gateway in on port 3000/],
    'a database that shuts a client out': [(d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'restaurants'), /^StatefulSet mongo\/mongo does not let Deployment restaurants\/restaurants in on port 27017/],
    'a database whose members shut each other out': [(d) => shutOut(d, d.find('NetworkPolicy', 'mongo'), 'ingress', 'mongo'), /^StatefulSet mongo\/mongo does not let StatefulSet mongo\/mongo in/],
    'pods that do not exist': [(d) => d.push(d.find('NetworkPolicy', 'whoami'), ['spec', 'egress'], { to: [{ podSelector: { matchLabels: { x: 'y' } } }], ports: [{ port: 1 }] }), /opens egress to pods that do not exist \(any \/ x=y\)/],
    'a namespace that does not exist': [(d) => d.set(d.find('NetworkPolicy', 'restaurants'), ['spec', 'egress', 1, 'to', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'], 'x'), /opens egress to pods that do not exist/],
    'a port that the other does not have': [(d) => d.set(d.find('NetworkPolicy', 'restaurants'), ['spec', 'egress', 1, 'ports', 0, 'port'], 27018), /opens egress to port 27018, which StatefulSet mongo\/mongo does not have/],
    'solvers that shut the gateway out': [(d) => d.set(d.find('NetworkPolicy', 'acme-solver'), [...INGRESS], []), /^the ACME challenge solver in gateway does not let Deployment gateway\/gateway in on port 8089/],
  }),
  ...mutations(ingressMet, {
    'a gateway that may not go out': [(d) => shutOut(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'whoami'), /^Deployment gateway\/gateway may not go out to Deployment whoami\/whoami on port 3000/],
    'a client that may not go out': [(d) => shutOut(d, d.find('NetworkPolicy', 'restaurants'), 'egress', 'mongo'), /^Deployment restaurants\/restaurants may not go out to StatefulSet mongo\/mongo on port 27017/],
    'pods that do not exist': [(d) => d.push(d.find('NetworkPolicy', 'whoami'), [...INGRESS], { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }], ports: [{ port: 3000 }] }), /opens ingress to pods that do not exist/],
    'a client that is gone': [(d) => { d.remove(d.find('Deployment', 'restaurants')); }, /^NetworkPolicy mongo\/mongo opens ingress to pods that do not exist/],
  }),
  ...mutations(routesOpen, {
    'a backend that shuts the gateway out': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), [...INGRESS], []), /^HTTPRoute whoami\/whoami: Deployment whoami\/whoami does not let Deployment gateway\/gateway in on port 3000/],
    'a gateway that may not go out': [(d) => shutOut(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'whoami'), /^HTTPRoute whoami\/whoami: Deployment gateway\/gateway may not go out/],
    'no gateway': [(d) => d.remove(d.find('Deployment', of('gateway'))), /has no gateway that runs here/],
  }),
  ...mutations(namedHosts, {
    'a Service that is gone': [(d) => d.remove(d.find('Service', 'mongo')), /^Deployment restaurants\/restaurants is told of mongo-0.mongo.mongo.svc.cluster.local:27017, which does not exist/],
    'a member that is gone': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 2), /is told of mongo-2.mongo.mongo.svc.cluster.local:27017, which does not exist/],
    'a port that is gone': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'], 27018), /is told of mongo-0.*27017, which does not listen/],
    'a port of a Service that is gone': [(d) => d.set(d.find('Service', 'object-store'), ['spec', 'ports', 0, 'port'], 80), /^Deployment velero\/velero is told of object-store.object-store.svc:8333, which does not listen/],
    'a client that may not go out': [(d) => shutOut(d, d.find('NetworkPolicy', 'restaurants'), 'egress', 'mongo'), /^Deployment restaurants\/restaurants may not go out to StatefulSet mongo\/mongo on port 27017/],
    'a neighbour that is shut': [(d) => d.set(d.find('NetworkPolicy', 'postfacto-postgres'), [...INGRESS], []), /^StatefulSet postfacto\/postfacto-postgres does not let .* in on port 5432/],
  }),
  ...mutations(apiServerOpen, {
    'a webhook that is shut': [(d) => d.drop(d.find('NetworkPolicy', 'cert-manager-webhook'), ...INGRESS, worldRule(d.find('NetworkPolicy', 'cert-manager-webhook'))), /WebhookConfiguration cert-manager-webhook: Deployment cert-manager\/cert-manager-webhook lets nobody from outside/],
    'an API that only pods reach': [
      (d) => {
        const policy = d.find('NetworkPolicy', 'metrics-server');
        d.set(policy, [...INGRESS, worldRule(policy), 'from'], [{ namespaceSelector: {} }]);
      },
      /^APIService v1beta1.metrics.k8s.io: Deployment metrics-server\/metrics-server lets nobody from outside/,
    ],
  }),
  ...mutations(outsideOpen, {
    'a gateway that is shut': [(d) => d.drop(d.find('NetworkPolicy', 'gateway'), ...INGRESS, worldRule(d.find('NetworkPolicy', 'gateway'))), /^Service gateway\/gateway: Deployment gateway\/gateway lets nobody from outside/],
  }),
];
