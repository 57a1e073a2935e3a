import { at, listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import { Missing } from '../../lib/draft.ts';
import { apiServerReachesBackends, externalServicesReachable, gatewayReachesBackends } from '../service-network.ts';
import { type Mutation, mutations, of, removeRulesFor } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** The index of a policy's first ingress rule for any peer. */
function anyPeerRule(policy: Manifest): number {
  const i = listAt(policy, 'spec', 'ingress').findIndex((rule) => at(rule, 'from') === undefined);
  if (i < 0) throw new Missing('no ingress rule for any peer');
  return i;
}

/** Connections to Services. */
export const serviceNetworkMutations: readonly Mutation[] = [
  ...mutations(gatewayReachesBackends, {
    'backend without ingress rules': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS], []),
      /^HTTPRoute hello\/hello: Deployment hello\/hello does not allow ingress from Deployment gateway\/gateway on port 3000/,
    ],
    'gateway without an egress rule for a backend': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'hello'),
      /^HTTPRoute hello\/hello: Deployment gateway\/gateway does not allow egress/,
    ],
    'route without gateway pods': [
      (d) => d.remove(d.find('Deployment', of('gateway'))),
      /has no gateway pods on this cluster/,
    ],
  }),
  ...mutations(apiServerReachesBackends, {
    'webhook without an ingress rule for any peer': [
      (d) =>
        d.drop(
          d.find('NetworkPolicy', 'cert-manager-webhook'),
          ...INGRESS,
          anyPeerRule(d.find('NetworkPolicy', 'cert-manager-webhook')),
        ),
      /WebhookConfiguration cert-manager-webhook: Deployment cert-manager\/cert-manager-webhook does not allow ingress from outside/,
    ],
    'API service that only pods can reach': [
      (d) => {
        const policy = d.find('NetworkPolicy', 'metrics-server');
        d.set(policy, [...INGRESS, anyPeerRule(policy), 'from'], [{ namespaceSelector: {} }]);
      },
      /^APIService v1beta1.metrics.k8s.io: Deployment metrics-server\/metrics-server does not allow ingress from outside/,
    ],
  }),
  ...mutations(externalServicesReachable, {
    'gateway without an ingress rule for any peer': [
      (d) => d.drop(d.find('NetworkPolicy', 'gateway'), ...INGRESS, anyPeerRule(d.find('NetworkPolicy', 'gateway'))),
      /^Service gateway\/gateway: Deployment gateway\/gateway does not allow ingress from outside/,
    ],
  }),
];
