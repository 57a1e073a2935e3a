import { listAt, textAt } from '../lib/manifest.ts';
import { custom, type CustomDeclaration, type References, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'gateway.networking.k8s.io';
const MODELS = `@kubernetes-models/gateway-api/${GROUP}/v1`;

/** The Gateway API's standard channel. */
export const GATEWAY_API_UPSTREAM: UpstreamDefinitions = {
  name: 'gateway-api-crds',
  repository: 'https://github.com/kubernetes-sigs/gateway-api',
  paths: ['config/crd/standard'],
};

const gateways = (kind: string, declaration: Omit<CustomDeclaration, 'upstream'>) =>
  custom(GROUP, kind, { upstream: GATEWAY_API_UPSTREAM, ...declaration });

/** References of every kind of route. */
const ROUTE: References = {
  'spec.parentRefs[]': { to: `${GROUP}/Gateway`, key: 'sectionName' },
  'spec.rules[].backendRefs[]': 'Service',
};

/** Further references of HTTPRoutes and GRPCRoutes. */
const FILTERS: References = {
  'spec.rules[].filters[].requestMirror.backendRef': 'Service',
  'spec.rules[].backendRefs[].filters[].requestMirror.backendRef': 'Service',
};

/** Certificates of listeners. */
const CERTIFICATES: References = { 'spec.listeners[].tls.certificateRefs[]': 'Secret' };

/** Listeners by name. */
const listeners: CustomDeclaration['keys'] = (m) => listAt(m, 'spec', 'listeners').map((l) => textAt(l, 'name') ?? '');

/** Gateways and routes. */
export const gatewayApi = [
  gateways('BackendTLSPolicy', {
    scope: 'namespaced',
    offers: 'at once',
    references: {
      'spec.targetRefs[]': { to: 'Service', existing: true },
      'spec.validation.caCertificateRefs[]': 'ConfigMap',
    },
    schema: `${MODELS}/BackendTLSPolicy`,
  }),
  gateways('Gateway', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { 'spec.gatewayClassName': `${GROUP}/GatewayClass`, ...CERTIFICATES },
    keys: listeners,
    schema: `${MODELS}/Gateway`,
  }),
  gateways('GatewayClass', {
    scope: 'cluster',
    offers: 'once healthy',
    immutable: [{ path: 'spec.controllerName' }],
    schema: `${MODELS}/GatewayClass`,
  }),
  gateways('GRPCRoute', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { ...ROUTE, ...FILTERS },
    schema: `${MODELS}/GRPCRoute`,
  }),
  gateways('HTTPRoute', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { ...ROUTE, ...FILTERS },
    schema: `${MODELS}/HTTPRoute`,
  }),
  gateways('ListenerSet', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { 'spec.parentRef': `${GROUP}/Gateway`, ...CERTIFICATES },
    keys: listeners,
    schema: 'api server',
  }),
  gateways('ReferenceGrant', {
    versions: ['v1', 'v1beta1'],
    scope: 'namespaced',
    offers: 'at once',
    schema: 'api server',
  }),
  ...['TCPRoute', 'TLSRoute', 'UDPRoute'].map((kind) =>
    gateways(kind, { scope: 'namespaced', offers: 'once healthy', references: ROUTE, schema: 'api server' }),
  ),
];
