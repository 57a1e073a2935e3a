import { at, listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import { Missing } from '../../lib/draft.ts';
import { apiServerOpen, outsideOpen, routesOpen } from '../service-network.ts';
import { type Mutation, mutations, of, shutOut } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** Where the first rule of a policy that is for all peers stands. */
function worldRule(policy: Manifest): number {
  const i = listAt(policy, 'spec', 'ingress').findIndex((rule) => at(rule, 'from') === undefined);
  if (i < 0) throw new Missing('no rule for all');
  return i;
}

/** Who reaches what is called. */
export const serviceNetworkMutations: readonly Mutation[] = [
  ...mutations(routesOpen, {
    'a backend that shuts the gateway out': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), [...INGRESS], []),
      /^HTTPRoute hello\/hello: Deployment hello\/hello does not let Deployment gateway\/gateway in on port 3000/,
    ],
    'a gateway that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'gateway'), 'egress', 'hello'),
      /^HTTPRoute hello\/hello: Deployment gateway\/gateway may not go out/,
    ],
    'no gateway': [(d) => d.remove(d.find('Deployment', of('gateway'))), /has no gateway that runs here/],
  }),
  ...mutations(apiServerOpen, {
    'a webhook that is shut': [
      (d) =>
        d.drop(
          d.find('NetworkPolicy', 'cert-manager-webhook'),
          ...INGRESS,
          worldRule(d.find('NetworkPolicy', 'cert-manager-webhook')),
        ),
      /WebhookConfiguration cert-manager-webhook: Deployment cert-manager\/cert-manager-webhook lets nobody from outside/,
    ],
    'an API that only pods reach': [
      (d) => {
        const policy = d.find('NetworkPolicy', 'metrics-server');
        d.set(policy, [...INGRESS, worldRule(policy), 'from'], [{ namespaceSelector: {} }]);
      },
      /^APIService v1beta1.metrics.k8s.io: Deployment metrics-server\/metrics-server lets nobody from outside/,
    ],
  }),
  ...mutations(outsideOpen, {
    'a gateway that is shut': [
      (d) => d.drop(d.find('NetworkPolicy', 'gateway'), ...INGRESS, worldRule(d.find('NetworkPolicy', 'gateway'))),
      /^Service gateway\/gateway: Deployment gateway\/gateway lets nobody from outside/,
    ],
  }),
];
