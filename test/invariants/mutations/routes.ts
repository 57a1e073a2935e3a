import { calledServicesExist, customReferences, hostsUnique, routesAttach } from '../routes.ts';
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
  ...mutations(customReferences, {
    'no class': [(d) => d.remove(d.find('GatewayClass')), /^Gateway .* names GatewayClass/],
    'a certificate that nobody issues': [
      (d) => d.remove(d.find('Certificate', 'wildcard')),
      /^Gateway .* serves the certificate wildcard, which nobody issues/,
    ],
    'no issuer': [
      (d) => d.set(d.find('Certificate'), ['spec', 'issuerRef', 'name'], 'x'),
      /^Certificate .* names (Cluster)?Issuer x/,
    ],
    'no store to read': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'secretStoreRef', 'name'], 'x'),
      /^ExternalSecret .* names ClusterSecretStore x/,
    ],
    'no store to write': [
      (d) => d.set(d.find('PushSecret'), ['spec', 'secretStoreRefs', 0, 'name'], 'x'),
      /^PushSecret .* names ClusterSecretStore x/,
    ],
    'no generator': [(d) => d.remove(d.find('Password')), /^PushSecret .* names Password/],
    'nowhere to put a backup': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'storageLocation'], 'x'),
      /^Schedule .* names BackupStorageLocation x/,
    ],
  }),
];
