import {
  budget,
  autoscaler,
  clusterObject,
  deployment,
  gateway,
  listener,
  networkPolicy,
  object,
  route,
  service,
} from '../objects.ts';
import type { Case } from './case.ts';

const loadBalancer = (spec = {}) => service({ type: 'LoadBalancer', ...spec });
const from = (app: string) => ({ podSelector: { matchLabels: { app } } });
const caller = networkPolicy(
  {
    podSelector: { matchLabels: { app: 'caller' } },
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'app' } },
            podSelector: { matchLabels: { app: 'app' } },
          },
        ],
        ports: [{ port: 80 }],
      },
    ],
  },
  { name: 'caller', namespace: 'caller' },
);
const callerPods = {
  ...deployment({}, { selector: { matchLabels: { app: 'caller' } } }),
  metadata: { name: 'caller', namespace: 'caller' },
  spec: {
    selector: { matchLabels: { app: 'caller' } },
    template: { metadata: { labels: { app: 'caller' } }, spec: { containers: [{ name: 'caller', image: 'x' }] } },
  },
};
const listening = deployment({ ports: [{ containerPort: 80 }] });
const openToCaller = {
  from: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'caller' } },
      podSelector: { matchLabels: { app: 'caller' } },
    },
  ],
  ports: [{ port: 80 }],
};
const weights = (one: number, other: number) =>
  route({
    rules: [
      {
        backendRefs: [
          { name: 'app', port: 80, weight: one },
          { name: 'next', port: 80, weight: other },
        ],
      },
    ],
  });
const webhook = (fields = {}, rule = {}) =>
  clusterObject('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks: [
      {
        name: 'a.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { service: { name: 'app', namespace: 'app' } },
        rules: [
          { apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets'], ...rule },
        ],
        ...fields,
      },
    ],
  });
const monitor = object('monitoring.coreos.com/v1', 'ServiceMonitor', {
  spec: { selector: { matchLabels: { app: 'app' } }, endpoints: [{ port: 'http' }] },
});
const labelled = (spec = {}) => ({
  ...service(spec),
  metadata: { name: 'app', namespace: 'app', labels: { app: 'app' } },
});

export const network: readonly Case[] = [
  {
    title: '31 Service: ClusterIP to LoadBalancer',
    before: [service(), deployment()],
    after: [loadBalancer(), deployment()],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '32 Service: clusterIP None',
    before: [service(), deployment()],
    after: [service({ clusterIP: 'None' }), deployment()],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '32 Service: clusterIP None left out, which the API server keeps',
    before: [service({ clusterIP: 'None' }), deployment()],
    after: [service(), deployment()],
    verdict: 'inert',
    severity: 'warn',
  },
  {
    title: '33 Service: a port is renamed that a route uses by number',
    before: [service(), deployment(), route()],
    after: [service({ ports: [{ name: 'web', port: 80 }] }), deployment(), route()],
    verdict: 'update',
  },
  {
    title: '33 Service: a port is renamed that a ServiceMonitor uses by name',
    before: [labelled(), deployment(), monitor],
    after: [labelled({ ports: [{ name: 'web', port: 80 }] }), deployment(), monitor],
    verdict: 'update',
    severity: 'danger',
    names: /ServiceMonitor/,
  },
  {
    title: '34 Service: its selector matches no pod',
    before: [service(), deployment()],
    after: [service({ selector: { app: 'apps' } }), deployment()],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '35 Service: loadBalancerClass',
    before: [loadBalancer(), deployment()],
    after: [loadBalancer({ loadBalancerClass: 'example.com/internal' }), deployment()],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '46 NetworkPolicy: peers change places',
    before: [networkPolicy({ ingress: [{ from: [from('a'), from('b')] }] })],
    after: [networkPolicy({ ingress: [{ from: [from('b'), from('a')] }] })],
    verdict: 'same',
  },
  {
    title: '46 NetworkPolicy: from is removed from a rule',
    before: [networkPolicy({ ingress: [{ from: [from('a')], ports: [{ port: 80 }] }] })],
    after: [networkPolicy({ ingress: [{ ports: [{ port: 80 }] }] })],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '47 NetworkPolicy: policyTypes loses Egress',
    before: [networkPolicy({ policyTypes: ['Ingress', 'Egress'] }), deployment()],
    after: [networkPolicy({ policyTypes: ['Ingress'] }), deployment()],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: "48 NetworkPolicy: an ingress rule goes that another component's egress names",
    before: { app: [networkPolicy({ ingress: [openToCaller] }), listening], caller: [caller, callerPods] },
    after: { app: [networkPolicy({ ingress: [] }), listening], caller: [caller, callerPods] },
    verdict: 'update',
    severity: 'danger',
    names: /caller/,
  },
  {
    title: '51 PodDisruptionBudget: maxUnavailable 1 to 0',
    before: [budget(1), deployment()],
    after: [budget(0), deployment()],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '51 PodDisruptionBudget removed',
    before: [budget(1), deployment()],
    after: [deployment()],
    verdict: 'delete',
    severity: 'danger',
  },
  {
    title: '52 HorizontalPodAutoscaler: maxReplicas 6 to 3',
    before: [autoscaler(2, 6), deployment()],
    after: [autoscaler(2, 3), deployment()],
    verdict: 'update',
    severity: 'warn',
  },
  {
    title: '52 HorizontalPodAutoscaler: min above max',
    before: [autoscaler(2, 6), deployment()],
    after: [autoscaler(7, 6), deployment()],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '53 HTTPRoute: weights 90 and 10 change places',
    before: [weights(90, 10)],
    after: [weights(10, 90)],
    verdict: 'update',
    severity: 'warn',
  },
  {
    title: '53 HTTPRoute: a host is removed',
    before: [route({ hostnames: ['app.example.com', 'www.example.com'] })],
    after: [route()],
    verdict: 'update',
    severity: 'danger',
    names: /www\.example\.com/,
  },
  {
    title: '54 HTTPRoute: from the internal gateway to the public one',
    before: [
      route({ parentRefs: [{ name: 'internal', namespace: 'gateway', sectionName: 'app' }] }),
      gateway(listener('app')),
    ],
    after: [route(), gateway(listener('app'))],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '55 Gateway: listeners change places',
    before: [gateway(listener('app'), listener('www')), route()],
    after: [gateway(listener('www'), listener('app')), route()],
    verdict: 'same',
  },
  {
    title: '55 Gateway: a listener is removed that a route uses',
    before: [gateway(listener('app'), listener('www')), route()],
    after: [gateway(listener('www')), route()],
    verdict: 'update',
    severity: 'danger',
    names: /HTTPRoute app\/app/,
  },
  {
    title: '56 GatewayClass: controllerName',
    before: [
      clusterObject('gateway.networking.k8s.io/v1', 'GatewayClass', { spec: { controllerName: 'a.example/x' } }),
    ],
    after: [clusterObject('gateway.networking.k8s.io/v1', 'GatewayClass', { spec: { controllerName: 'b.example/x' } })],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '59 ValidatingWebhookConfiguration: failurePolicy Ignore to Fail',
    before: [webhook(), service()],
    after: [webhook({ failurePolicy: 'Fail' }), service()],
    verdict: 'update',
    severity: 'warn',
  },
  {
    title: '59 ValidatingWebhookConfiguration: rules for everything',
    before: [webhook(), service()],
    after: [webhook({}, { apiGroups: ['*'], resources: ['*'] }), service()],
    verdict: 'update',
    severity: 'danger',
  },
];
