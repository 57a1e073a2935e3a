import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind } from '../lib/cluster-objects.ts';
import { type Endpoint, Network } from '../lib/policies.ts';
import { type Pods, type Port, workloadPods, selected } from '../lib/pods.ts';
import { calledServices } from './routes.ts';
import { invariant } from './invariant.ts';

/** A backend of a Service's port: the pods and their container port. */
export interface Backend {
  readonly pods: Endpoint;
  readonly port: Port;
}

/** A route's backend allows ingress from the gateway, and the gateway egress to the backend. */
export const gatewayReachesBackends = invariant('every gateway can reach the backends of its routes', (cluster) => {
  const network = new Network(cluster);
  const pods = workloadPods(cluster);
  return calledServices(cluster)
    .filter(({ by }) => by.kind.endsWith('Route'))
    .flatMap(({ by, namespace, name, port }) => {
      const gateways = gatewayPods(cluster, pods, by);
      if (gateways.length === 0) return [`${labelOf(by)} has no gateway pods on this cluster`];
      return backendsOf(named(cluster, 'Service', namespace, name), port, network).flatMap((backend) =>
        gateways.flatMap((gateway) => blocked(network, gateway, backend).map((what) => `${labelOf(by)}: ${what}`)),
      );
    });
});

/** The pods that serve a route's Gateways: those of the component that the Gateway belongs to. */
function gatewayPods(cluster: ClusterObjects, pods: readonly Pods[], route: Manifest): Pods[] {
  const gateways = new Set(
    listAt(route, 'spec', 'parentRefs').map((ref) =>
      named(cluster, 'Gateway', textAt(ref, 'namespace') ?? route.metadata.namespace, textAt(ref, 'name') ?? ''),
    ),
  );
  const homes = new Set(
    cluster.objects.filter(({ manifest }) => gateways.has(manifest)).map(({ component }) => component),
  );
  const workloads = new Set(
    cluster.objects.filter(({ component }) => homes.has(component)).map(({ manifest }) => manifest),
  );
  return pods.filter(({ workload }) => workloads.has(workload));
}

/** One sentence for each side of a connection whose policies block it. */
export function blocked(network: Network, from: Pods, { pods: listener, port }: Backend): string[] {
  const sender = endpointOf(network, from);
  return [
    ...(network.allows('ingress', listener, sender, port)
      ? []
      : [`${listener.label} does not allow ingress from ${from.label} on port ${port.containerPort}`]),
    ...(network.allows('egress', sender, listener, port)
      ? []
      : [`${from.label} does not allow egress to ${listener.label} on port ${port.containerPort}`]),
  ];
}

/** The API server calls from outside the pod network, so that only a rule for IP blocks or for any peer allows it. */
export const apiServerReachesBackends = invariant('the API server can reach webhooks and API services', (cluster) => {
  const network = new Network(cluster);
  const called = calledServices(cluster).filter(({ by }) => !by.kind.endsWith('Route'));
  return called.flatMap(({ by, namespace, name, port }) =>
    externallyBlocked(network, backendsOf(named(cluster, 'Service', namespace, name), port, network)).map(
      (what) => `${labelOf(by)}: ${what}`,
    ),
  );
});

/** A NodePort or LoadBalancer Service is of use only if its pods allow traffic from outside. */
export const externalServicesReachable = invariant(
  'NodePort and LoadBalancer Services are reachable from outside the cluster',
  (cluster) => {
    const network = new Network(cluster);
    return ofKind(cluster, 'Service')
      .filter((service) => ['LoadBalancer', 'NodePort'].includes(textAt(service, 'spec', 'type') ?? ''))
      .flatMap((service) =>
        listAt(service, 'spec', 'ports').flatMap((port) =>
          externallyBlocked(network, backendsOf(service, at(port, 'port'), network)).map(
            (what) => `${labelOf(service)}: ${what}`,
          ),
        ),
      );
  },
);

function externallyBlocked(network: Network, list: readonly Backend[]): string[] {
  return list
    .filter(({ pods, port }) => !network.allowsExternal(pods, port))
    .map(
      ({ pods, port }) =>
        `${pods.label} does not allow ingress from outside the pod network on port ${port.containerPort}`,
    );
}

/** The container ports behind a Service's port. */
export function backendsOf(service: Manifest | undefined, port: unknown, { endpoints }: Network): Backend[] {
  const entry = listAt(service, 'spec', 'ports').find((p) => at(p, 'port') === port);
  const target = at(entry, 'targetPort') ?? at(entry, 'port');
  const behind = service
    ? selected(endpoints, service.metadata.namespace, { matchLabels: mapAt(service, 'spec', 'selector') })
    : [];
  return behind.flatMap((p) =>
    p.ports
      .filter(({ name, containerPort }) => name === target || containerPort === target)
      .map((found) => ({ pods: p, port: found })),
  );
}

/** The network's own endpoint of these pods: ports are compared by identity. */
function endpointOf(network: Network, pods: Pods): Endpoint {
  const endpoint = network.endpoints.find(({ label, unmanaged }) => label === pods.label && !unmanaged);
  if (!endpoint) throw new Error(`${pods.label} is not in the network`);
  return endpoint;
}
