import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { ENTRY_POINTS } from './traefik.ts';

/** A listener of a Gateway. */
export type Listener = IGateway['spec']['listeners'][number];

/** An HTTP listener for routes of the Gateway's own namespace. */
export function httpListener(name: string): Listener {
  return { name, port: ENTRY_POINTS.web, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } };
}

/** An HTTPS listener for a host, with a certificate in the Gateway's namespace, for routes of these namespaces. */
export function httpsListener(name: string, hostname: string, secret: string, namespaces: readonly string[]): Listener {
  return {
    name,
    hostname,
    port: ENTRY_POINTS.websecure,
    protocol: 'HTTPS',
    tls: { mode: 'Terminate', certificateRefs: [{ name: secret }] },
    allowedRoutes: { namespaces: allowedNamespaces(namespaces) },
  };
}

function allowedNamespaces(namespaces: readonly string[]): NonNullable<Listener['allowedRoutes']>['namespaces'] {
  const values = [...new Set(namespaces)].sort();
  // A selector without values is invalid; the Gateway's own namespace has no route for an HTTPS listener.
  if (values.length === 0) return { from: 'Same' };
  return {
    from: 'Selector',
    selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
  };
}
