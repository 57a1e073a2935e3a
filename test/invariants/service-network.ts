import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind } from '../lib/cluster-objects.ts';
import { type Endpoint, Network } from '../lib/policies.ts';
import { type Pods, type Port, workloadPods, portsOf, selected } from '../lib/pods.ts';
import { calledServices } from './routes.ts';
import { invariant } from './invariant.ts';

/** What a Service's port leads to: the pods, and the port of each. */
export interface Reached {
  readonly pods: Pods;
  readonly port: Port;
}

/** A route's backend lets the gateway in, and the gateway may go out to it. */
export const routesOpen = invariant('the gateway reaches the backends of its routes', (cluster) => {
  const network = new Network(cluster);
  const pods = workloadPods(cluster);
  return calledServices(cluster)
    .filter(({ by }) => by.kind.endsWith('Route'))
    .flatMap(({ by, namespace, name, port }) => {
      const gateways = gatewayPods(cluster, pods, by);
      if (gateways.length === 0) return [`${labelOf(by)} has no gateway that runs here`];
      return reached(named(cluster, 'Service', namespace, name), port, pods).flatMap((backend) =>
        gateways.flatMap((gateway) => shut(network, gateway, backend).map((what) => `${labelOf(by)}: ${what}`)),
      );
    });
});

/** The pods that serve a route's Gateways: those of the component that brings the Gateway. */
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

/** In words, which endpoint of a connection is shut. */
export function shut(network: Network, from: Pods, { pods, port }: Reached): string[] {
  const [sender, listener] = [endpointOf(network, from), endpointOf(network, pods)];
  return [
    ...(network.lets('ingress', listener, sender, port)
      ? []
      : [`${pods.label} does not let ${from.label} in on port ${port.containerPort}`]),
    ...(network.lets('egress', sender, listener, port)
      ? []
      : [`${from.label} may not go out to ${pods.label} on port ${port.containerPort}`]),
  ];
}

/** The API server calls from outside the pods' network, so that only an opening for addresses or for all lets it in. */
export const apiServerOpen = invariant('the API server reaches webhooks and API services', (cluster) => {
  const pods = workloadPods(cluster);
  const called = calledServices(cluster).filter(({ by }) => !by.kind.endsWith('Route'));
  return called.flatMap(({ by, namespace, name, port }) =>
    closedToWorld(cluster, reached(named(cluster, 'Service', namespace, name), port, pods)).map(
      (what) => `${labelOf(by)}: ${what}`,
    ),
  );
});

/** A Service for the outside is one that the outside gets through. */
export const outsideOpen = invariant('the outside reaches the Services that are for it', (cluster) => {
  const pods = workloadPods(cluster);
  return ofKind(cluster, 'Service')
    .filter((service) => ['LoadBalancer', 'NodePort'].includes(textAt(service, 'spec', 'type') ?? ''))
    .flatMap((service) =>
      listAt(service, 'spec', 'ports').flatMap((port) =>
        closedToWorld(cluster, reached(service, at(port, 'port'), pods)).map((what) => `${labelOf(service)}: ${what}`),
      ),
    );
});

function closedToWorld(cluster: ClusterObjects, list: readonly Reached[]): string[] {
  const network = new Network(cluster);
  return list
    .filter(({ pods, port }) => !network.letsWorldIn(endpointOf(network, pods), port))
    .map(({ pods, port }) => `${pods.label} lets nobody from outside the pods in on port ${port.containerPort}`);
}

/** What each container port is that a Service's port leads to. */
export function reached(service: Manifest | undefined, port: unknown, pods: readonly Pods[]): Reached[] {
  const entry = listAt(service, 'spec', 'ports').find((p) => at(p, 'port') === port);
  const target = at(entry, 'targetPort') ?? at(entry, 'port');
  const behind = service
    ? selected(pods, service.metadata.namespace, { matchLabels: mapAt(service, 'spec', 'selector') })
    : [];
  return behind.flatMap((p) =>
    portsOf(p)
      .filter(({ name, containerPort }) => name === target || containerPort === target)
      .map((found) => ({ pods: p, port: found })),
  );
}

/** The network's own view of these pods; its ports are compared by identity. */
function endpointOf(network: Network, pods: Pods): Endpoint {
  const endpoint = network.endpoints.find(({ label, unmanaged }) => label === pods.label && !unmanaged);
  if (!endpoint) throw new Error(`${pods.label} is not in the network`);
  return endpoint;
}
