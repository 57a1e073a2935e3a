import { Definitions } from '../../lib/definitions.ts';

/** The custom resources of the Gateway API's standard channel. */
export function gatewayApiDefinitions(revision: string): Definitions {
  return new Definitions('gateway-api-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/kubernetes-sigs/gateway-api',
      revision,
      paths: ['config/crd/standard'],
      resources: {
        'gateway.networking.k8s.io': [
          'backendtlspolicies',
          'gatewayclasses',
          'gateways',
          'grpcroutes',
          'httproutes',
          'listenersets',
          'referencegrants',
          'tcproutes',
          'tlsroutes',
          'udproutes',
        ],
      },
    },
  });
}
