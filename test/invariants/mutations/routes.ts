import { calledServicesExist, hostsUnique, routesAttach } from '../routes.ts';
import { type Mutation, mutations } from './mutation.ts';

const BACKEND = ['spec', 'rules', 0, 'backendRefs', 0] as const;

/** What is called by name. */
export const routesMutations: readonly Mutation[] = [
  ...mutations(calledServicesExist, {
    'a route to nothing': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), [...BACKEND, 'name'], 'x'),
      /^HTTPRoute hello\/hello calls Service hello\/x, which does not exist/,
    ],
    'a route to no port': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), [...BACKEND, 'port'], 81),
      /calls port 81 of Service hello\/hello/,
    ],
    'a webhook of nobody': [
      (d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'name'], 'x'),
      /^ValidatingWebhookConfiguration .* calls Service .*\/x/,
    ],
    'a webhook on no port': [
      (d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'port'], 444),
      /calls port 444/,
    ],
    'an API of nobody': [
      (d) => d.set(d.find('APIService'), ['spec', 'service', 'namespace'], 'x'),
      /^APIService .* calls Service x\//,
    ],
  }),
  ...mutations(routesAttach, {
    'no Gateway': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'parentRefs', 0, 'name'], 'x'),
      /attaches to Gateway x, which does not exist/,
    ],
    'no listener': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'parentRefs', 0, 'sectionName'], 'x'),
      /attaches to listener x of Gateway/,
    ],
    'a host of others': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'hostnames', 0], 'hello.example.net'),
      /has the host hello.example.net, which listener https/,
    ],
    'a namespace that is not let in': [
      (d) =>
        d.set(
          d.find('Gateway', 'gateway'),
          ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'],
          ['x'],
        ),
      /^HTTPRoute hello\/hello is in a namespace that listener https does not let in/,
    ],
    'nobody let in': [
      (d) =>
        d.set(d.find('Gateway', 'gateway'), ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'Same' }),
      /^HTTPRoute hello\/hello is in a namespace/,
    ],
  }),
  ...mutations(hostsUnique, {
    "somebody else's host": [
      (d) => d.set(d.copy(d.find('HTTPRoute', 'hello'), 'again'), ['metadata', 'namespace'], 'ledger'),
      /is routed by HTTPRoute hello\/hello and HTTPRoute ledger\/again/,
    ],
  }),
];
