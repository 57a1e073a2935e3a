import { calledServicesExist, hostsUnique, routesAttach } from '../routes.ts';
import { type Mutation, mutations } from './mutation.ts';

const BACKEND = ['spec', 'rules', 0, 'backendRefs', 0] as const;

/** What is called by name. */
export const routesMutations: readonly Mutation[] = [
  ...mutations(calledServicesExist, {
    'a route to nothing': [
      (d) => d.set(d.find('HTTPRoute', 'whoami'), [...BACKEND, 'name'], 'x'),
      /^HTTPRoute whoami\/whoami calls Service whoami\/x, which does not exist/,
    ],
    'a route to no port': [
      (d) => d.set(d.find('HTTPRoute', 'whoami'), [...BACKEND, 'port'], 81),
      /calls port 81 of Service whoami\/whoami/,
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
      (d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'parentRefs', 0, 'name'], 'x'),
      /attaches to Gateway x, which does not exist/,
    ],
    'no listener': [
      (d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'parentRefs', 0, 'sectionName'], 'x'),
      /attaches to listener x of Gateway/,
    ],
    'a host of others': [
      (d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'hostnames', 0], 'whoami.example.net'),
      /has the host whoami.example.net, which listener https/,
    ],
    'a namespace that is not let in': [
      (d) =>
        d.set(
          d.find('Gateway', 'gateway'),
          ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'],
          ['x'],
        ),
      /^HTTPRoute whoami\/whoami is in a namespace that listener https does not let in/,
    ],
    'nobody let in': [
      (d) =>
        d.set(d.find('Gateway', 'gateway'), ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'Same' }),
      /^HTTPRoute whoami\/whoami is in a namespace/,
    ],
  }),
  ...mutations(hostsUnique, {
    "somebody else's host": [
      (d) =>
        d.set(
          d.find('HTTPRoute', 'whoami'),
          ['spec', 'hostnames'],
          (d.find('HTTPRoute', 'items')['spec'] as { hostnames: string[] }).hostnames,
        ),
      /is routed by HTTPRoute .* and HTTPRoute/,
    ],
  }),
];
