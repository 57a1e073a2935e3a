import { at, label, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { labelsIn, selectsLabels } from '../../lib/selector.ts';
import type { Snapshot } from '../change.ts';

/** Kinds of routes of the Gateway API. */
export const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];

/** Kinds with listeners. */
export const LISTENERS = ['Gateway', 'ListenerSet'];

/** The hosts that a route or an Ingress serves. */
export function hostsOf(route: Manifest): string[] {
  const ingress = listAt(route, 'spec', 'rules').map((rule) => textAt(rule, 'host'));
  const hosts = route.kind === 'Ingress' ? ingress : listAt(route, 'spec', 'hostnames');
  return hosts.filter((host): host is string => typeof host === 'string');
}

/** True if a host name, possibly `*.example.com`, covers another one. */
export function coversHost(host: string, other: string): boolean {
  return host === other || (host.startsWith('*.') && other.endsWith(host.slice(1)));
}

/** The references of a route to the object with its listeners, a Gateway or a ListenerSet. */
export function parentsOf(route: Manifest): { readonly key: string; readonly section: string | undefined }[] {
  return listAt(route, 'spec', 'parentRefs').map((ref) => ({
    key: `${textAt(ref, 'kind') ?? 'Gateway'} ${textAt(ref, 'namespace') ?? route.metadata.namespace}/${textAt(ref, 'name')}`,
    section: textAt(ref, 'sectionName'),
  }));
}

/** All routes of a cluster that refer to a Gateway or ListenerSet. */
export function routesOf(parent: Manifest, snapshot: Snapshot): Manifest[] {
  return ROUTES.flatMap((kind) => snapshot.ofKind(kind))
    .map(({ manifest }) => manifest)
    .filter((route) => parentsOf(route).some(({ key }) => key === label(parent)));
}

/** The name of a listener. */
export const nameOf = (listener: unknown): string => textAt(listener, 'name') ?? '';

/** The listeners of a Gateway or ListenerSet that serve a host of a route; an undefined host is any. */
export function listenersFor(
  parent: Manifest,
  route: Manifest,
  host: string | undefined,
  snapshot: Snapshot,
): unknown[] {
  const sections = parentsOf(route)
    .filter(({ key }) => key === label(parent))
    .map(({ section }) => section);
  return listAt(parent, 'spec', 'listeners').filter((listener) => {
    const own = textAt(listener, 'hostname');
    return (
      sections.some((section) => section === undefined || section === nameOf(listener)) &&
      (own === undefined || host === undefined || coversHost(own, host) || coversHost(host, own)) &&
      admits(listener, parent, route, snapshot)
    );
  });
}

/** True if a listener allows routes of the route's namespace. */
function admits(
  listener: unknown,
  parent: Manifest,
  { metadata: { namespace = '' } }: Manifest,
  snapshot: Snapshot,
): boolean {
  const allowed = at(listener, 'allowedRoutes', 'namespaces');
  const from = textAt(allowed, 'from') ?? 'Same';
  if (from !== 'Selector') return from === 'All' || (from === 'Same' && namespace === parent.metadata.namespace);
  const labels = labelsIn(snapshot.find(`|Namespace||${namespace}`)?.manifest.metadata.labels);
  return selectsLabels(at(allowed, 'selector') ?? {}, { ...labels, 'kubernetes.io/metadata.name': namespace });
}
