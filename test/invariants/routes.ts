import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { type LabelSelector, matches } from '../lib/selector.ts';
import { invariant } from './invariant.ts';

/** A Service and the port that a route, webhook or API service calls. */
export interface Called {
  readonly by: Manifest;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly port: number | undefined;
}

/** Every Service that a route, a webhook or an API service calls by name. */
export function calledServices(cluster: ClusterObjects): Called[] {
  return [
    ...ofKind(cluster, 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute').flatMap((by) =>
      listAt(by, 'spec', 'rules').flatMap((rule) =>
        listAt(rule, 'backendRefs').map((ref) => called(by, ref, by.metadata.namespace)),
      ),
    ),
    ...ofKind(cluster, 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration').flatMap((by) =>
      listAt(by, 'webhooks').map((hook) => called(by, at(hook, 'clientConfig', 'service'), undefined, 443)),
    ),
    ...ofKind(cluster, 'APIService').map((by) => called(by, at(by, 'spec', 'service'), undefined, 443)),
  ];
}

/** @param port the default of a reference that may omit it */
function called(by: Manifest, ref: unknown, namespace: string | undefined, port?: number): Called {
  const given = at(ref, 'port');
  return {
    by,
    namespace: textAt(ref, 'namespace') ?? namespace,
    name: textAt(ref, 'name') ?? '',
    port: typeof given === 'number' ? given : port,
  };
}

/** A route to a missing Service port responds with status 500. */
export const calledServicesExist = invariant(
  'every Service and port that a route, webhook or API service calls exists',
  (cluster) =>
    calledServices(cluster).flatMap(({ by, namespace, name, port }) => {
      const service = named(cluster, 'Service', namespace, name);
      if (!service) return [`${label(by)} calls Service ${namespace ?? ''}/${name}, which does not exist`];
      const has = listAt(service, 'spec', 'ports').some((p) => at(p, 'port') === port);
      return has ? [] : [`${label(by)} calls port ${port ?? '(none)'} of ${label(service)}, which has no such port`];
    }),
);

/** A route that no listener accepts is ignored without an error. */
export const routesAttach = invariant(
  'every route attaches to a listener that serves its hosts and allows its namespace',
  (cluster) =>
    ofKind(cluster, 'HTTPRoute').flatMap((route) =>
      listAt(route, 'spec', 'parentRefs').flatMap((ref) => {
        const section = textAt(ref, 'sectionName');
        const gateway = named(
          cluster,
          'Gateway',
          textAt(ref, 'namespace') ?? route.metadata.namespace,
          textAt(ref, 'name') ?? '',
        );
        if (!gateway) return [`${label(route)} attaches to Gateway ${textAt(ref, 'name')}, which does not exist`];
        const listener = listAt(gateway, 'spec', 'listeners').find((l) => textAt(l, 'name') === section);
        if (!listener)
          return [
            `${label(route)} attaches to listener ${section ?? '(all)'} of ${label(gateway)}, which has no such listener`,
          ];
        const serves = textAt(listener, 'hostname');
        const unserved = textsAt(route, 'spec', 'hostnames').filter(
          (host) => serves !== undefined && !within(host, serves),
        );
        return [
          ...unserved.map(
            (host) => `${label(route)} has the host ${host}, which listener ${section} (${serves}) does not serve`,
          ),
          ...(allowsNamespace(cluster, gateway, listener, route)
            ? []
            : [`${label(route)} is in a namespace that listener ${section} does not allow`]),
        ];
      }),
    ),
);

/** True if a listener's hostname, possibly `*.example.com`, covers the host. */
function within(host: string, serves: string): boolean {
  return host === serves || (serves.startsWith('*.') && host.endsWith(serves.slice(1)));
}

function allowsNamespace(
  cluster: ClusterObjects,
  gateway: Manifest,
  listener: unknown,
  { metadata: { namespace = '' } }: Manifest,
): boolean {
  const allowed = at(listener, 'allowedRoutes', 'namespaces');
  const from = textAt(allowed, 'from') ?? 'Same';
  if (from !== 'Selector') return from === 'All' || namespace === gateway.metadata.namespace;
  const labels = mapAt(named(cluster, 'Namespace', undefined, namespace), 'metadata', 'labels');
  return matches(at(allowed, 'selector') as LabelSelector, { ...labels, 'kubernetes.io/metadata.name': namespace });
}

/** Of two routes for one host, the older would win silently. */
export const hostsUnique = invariant('every host has one route', (cluster) => {
  const owners = new Map<string, Manifest[]>();
  for (const route of ofKind(cluster, 'HTTPRoute')) {
    const sections = listAt(route, 'spec', 'parentRefs').map((ref) => textAt(ref, 'sectionName') ?? '');
    for (const host of textsAt(route, 'spec', 'hostnames')) {
      for (const section of sections)
        owners.set(`${host} on listener ${section}`, [...(owners.get(`${host} on listener ${section}`) ?? []), route]);
    }
  }
  return [...owners].flatMap(([host, routes]) =>
    routes.length > 1 ? [`${host} is routed by ${routes.map(label).join(' and ')}`] : [],
  );
});
