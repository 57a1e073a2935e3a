import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { ENTRY_POINTS } from './traefik.ts';

/** A port of a Gateway, and whose routes it takes. */
export type Listener = IGateway['spec']['listeners'][number];

/** Plain HTTP, for routes of the Gateway's own namespace. */
export function httpListener(name: string): Listener {
  return { name, port: ENTRY_POINTS.web, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } };
}

/** HTTPS for a host, with the certificate of a Secret beside the Gateway, for routes of the named namespaces. */
export function httpsListener(name: string, hostname: string, secret: string, namespaces: readonly string[]): Listener {
  return {
    name,
    hostname,
    port: ENTRY_POINTS.websecure,
    protocol: 'HTTPS',
    tls: { mode: 'Terminate', certificateRefs: [{ name: secret }] },
    allowedRoutes: { namespaces: letIn(namespaces) },
  };
}

function letIn(namespaces: readonly string[]): NonNullable<Listener['allowedRoutes']>['namespaces'] {
  const values = [...new Set(namespaces)].sort();
  // A selector that names nobody is invalid; its own namespace has no route for a TLS listener.
  if (values.length === 0) return { from: 'Same' };
  return {
    from: 'Selector',
    selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
  };
}
