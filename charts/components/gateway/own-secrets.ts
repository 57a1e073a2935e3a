import { posix } from 'node:path';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';

/**
 * Traefik watches the Secrets of every namespace that it watches routes in, and serves nothing until it may. These
 * settings make it ask the API server through itself: a route on loopback answers its request for all Secrets with those
 * of the gateway's namespace, where the certificates are. Only what it asks for is changed here; what it may read is
 * decided by its ServiceAccount's Role.
 */
const ENTRY_POINT = { name: 'apiserver', address: '127.0.0.1:8001' };

const FILE = '/etc/traefik/own-secrets.yaml';

/** Arguments that make Traefik use the route. */
export const OWN_SECRETS_ARGS = [
  `--entrypoints.${ENTRY_POINT.name}.address=${ENTRY_POINT.address}`,
  // Requests of its own are no access to the gateway.
  ...['accesslogs', 'metrics', 'tracing'].map(
    (what) => `--entrypoints.${ENTRY_POINT.name}.observability.${what}=false`,
  ),
  `--providers.file.filename=${FILE}`,
  `--providers.kubernetesgateway.endpoint=http://${ENTRY_POINT.address}`,
];

/** Adds the file with the route. @returns the volume, and where to mount it */
export function ownSecrets(component: Component, namespace: string): { volume: k8s.Volume; mountPath: string } {
  const name = posix.basename(FILE, '.yaml');
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { [posix.basename(FILE)]: routes(namespace) },
  });
  return { volume: { name, configMap: { name } }, mountPath: posix.dirname(FILE) };
}

/** As client-go finds the API server; Traefik fills in the environment. */
const API_SERVER =
  'https://{{ $host := env "KUBERNETES_SERVICE_HOST" }}' +
  '{{ if contains ":" $host }}[{{ $host }}]{{ else }}{{ $host }}{{ end }}:{{ env "KUBERNETES_SERVICE_PORT" }}';

function routes(namespace: string): string {
  return `http:
  routers:
    secrets:
      entryPoints: [${ENTRY_POINT.name}]
      rule: Path(\`/api/v1/secrets\`)
      middlewares: [own-secrets]
      service: api-server
    api-server:
      entryPoints: [${ENTRY_POINT.name}]
      rule: PathPrefix(\`/\`)
      service: api-server
  middlewares:
    own-secrets:
      replacePath:
        path: /api/v1/namespaces/${namespace}/secrets
  services:
    api-server:
      loadBalancer:
        servers:
          - url: '${API_SERVER}'
        serversTransport: api-server
  serversTransports:
    api-server:
      rootCAs: [/var/run/secrets/kubernetes.io/serviceaccount/ca.crt]
`;
}
