import { calledServicesExist, hostsUnique, routesAttach } from '../routes.ts';
import { type Mutation, mutations } from './mutation.ts';

const BACKEND = ['spec', 'rules', 0, 'backendRefs', 0] as const;

/** Backends, listeners and hosts of routes. */
export const routesMutations: readonly Mutation[] = [
  ...mutations(calledServicesExist, {
    'route to a missing Service': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), [...BACKEND, 'name'], 'x'),
      /^HTTPRoute hello\/hello calls Service hello\/x, which does not exist/,
    ],
    'route to a missing port': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), [...BACKEND, 'port'], 81),
      /calls port 81 of Service hello\/hello/,
    ],
    'webhook with a missing Service': [
      (d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'name'], 'x'),
      /^ValidatingWebhookConfiguration .* calls Service .*\/x/,
    ],
    'webhook with a missing port': [
      (d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'port'], 444),
      /calls port 444/,
    ],
    'APIService with a missing Service': [
      (d) => d.set(d.find('APIService'), ['spec', 'service', 'namespace'], 'x'),
      /^APIService .* calls Service x\//,
    ],
  }),
  ...mutations(routesAttach, {
    'route to a missing Gateway': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'parentRefs', 0, 'name'], 'x'),
      /attaches to Gateway x, which does not exist/,
    ],
    'route to a missing listener': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'parentRefs', 0, 'sectionName'], 'x'),
      /attaches to listener x of Gateway/,
    ],
    'host that the listener does not serve': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'hostnames', 0], 'hello.example.net'),
      /has the host hello.example.net, which listener https/,
    ],
    'listener that does not select the namespace of a route': [
      (d) =>
        d.set(
          d.find('Gateway', 'gateway'),
          ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'],
          ['x'],
        ),
      /^HTTPRoute hello\/hello is in a namespace that listener https does not allow/,
    ],
    'listener that allows only its own namespace': [
      (d) =>
        d.set(d.find('Gateway', 'gateway'), ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'Same' }),
      /^HTTPRoute hello\/hello is in a namespace/,
    ],
  }),
  ...mutations(hostsUnique, {
    'second route for a host': [
      (d) => d.set(d.copy(d.find('HTTPRoute', 'hello'), 'again'), ['metadata', 'namespace'], 'ledger'),
      /is routed by HTTPRoute hello\/hello and HTTPRoute ledger\/again/,
    ],
  }),
];
