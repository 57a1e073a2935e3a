import { BlockList, isIPv6 } from 'node:net';
import { at, listAt, type Manifest, textAt } from '../../../../charts/lib/manifest.ts';
import { isReady } from '../../conditions.ts';
import { mapAt } from '../../../lib/cluster-objects.ts';
import type { Port } from '../../../lib/pods.ts';
import { isPort, type Policy, policyOf, type Rule, type RulePeer, selects } from '../../../lib/policies.ts';
import { type Labels, matches } from '../../../lib/selector.ts';

/** Live objects of a cluster, as the API server returns them. */
export interface LiveObjects {
  readonly pods: readonly Manifest[];
  readonly namespaces: readonly Manifest[];
  readonly services: readonly Manifest[];
  readonly policies: readonly Manifest[];
}

/** The API server's own address, to which the Service `kubernetes` leads: that one selects no pods. */
export interface ApiServerAddress {
  readonly address: string;
  readonly port: number;
}

export type Protocol = 'TCP' | 'UDP';

/** What a pod connects to. */
export interface Target {
  /** For messages: `Service items/items:80`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** True if it is a Service's port: what the manifests offer to others. */
  readonly service: boolean;
}

/** A pod that runs. */
export interface LivePod {
  /** `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly address: string;
  /** Address of its node. */
  readonly node: string;
  /** Outside of all policies: its address is the node's. */
  readonly hostNetwork: boolean;
  readonly ready: boolean;
  /** What its long-running containers declare. */
  readonly ports: readonly Port[];
}

/** Whether a connection may be made, and by what. */
export interface Decision {
  /** `unspecified`: NetworkPolicy does not say, or it depends on the endpoint that the Service picks. */
  readonly verdict: 'allowed' | 'denied' | 'unspecified';
  /** The policies that decide, or why none does. */
  readonly by: string;
}

/** What the model says of one pod and one target. */
export interface Expectation extends Decision {
  /** `namespace/name` of the pod. */
  readonly source: string;
  readonly target: Target;
}

/** One end of a connection after a Service's address was translated: policies act on these. */
interface Destination {
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Undefined: a node, the API server or an address outside the cluster. */
  readonly pod: LivePod | undefined;
}

const NO_POLICY = 'no policy';

/**
 * What NetworkPolicies (networking.k8s.io/v1) say of each running pod and each target.
 *
 * Where the specification leaves the choice to the enforcer, this is kube-router's: a Service's address is translated
 * before a policy sees the connection, an `ipBlock` also matches addresses of pods and nodes, and the node on which a pod
 * runs may always connect to it.
 *
 * Where kube-router departs from the specification (v2.1.0, tried):
 * - If one policy selects both pods and has both types, a rule of either direction opens both: such a connection is
 *   unspecified.
 * - A rule for pods whose ports are all names that no pod has opens every port: this does not follow, so that a sweep shows
 *   it.
 */
export function expected(objects: LiveObjects, targets: readonly Target[], apiServer: ApiServerAddress): Expectation[] {
  const model = new Model(objects, apiServer);
  return model.pods.flatMap((source) =>
    targets.map((target) => ({ source: source.name, target, ...model.decide(source, target) })),
  );
}

/** The pods that run, with an address. */
export function runningPods({ pods }: Pick<LiveObjects, 'pods'>): LivePod[] {
  return pods.filter(runs).map(podOf);
}

/** The ready pods behind a port of a Service, with the port of each. */
export function endpointsOf(
  service: Manifest,
  port: unknown,
  pods: readonly LivePod[],
): { readonly pod: LivePod; readonly port: number }[] {
  const matchLabels = mapAt(service, 'spec', 'selector');
  if (Object.keys(matchLabels).length === 0) return [];
  const all = at(service, 'spec', 'publishNotReadyAddresses') === true;
  return pods
    .filter((pod) => pod.namespace === service.metadata.namespace && (all || pod.ready))
    .filter((pod) => matches({ matchLabels }, pod.labels))
    .flatMap((pod) => {
      const number = targetPortOf(port, pod);
      return number === undefined ? [] : [{ pod, port: number }];
    });
}

class Model {
  readonly pods: readonly LivePod[];
  private readonly policies: readonly Policy[];
  private readonly namespaces: ReadonlyMap<string, Labels>;
  private readonly services: readonly Manifest[];
  private readonly apiServer: ApiServerAddress;

  constructor(objects: LiveObjects, apiServer: ApiServerAddress) {
    this.pods = runningPods(objects);
    this.policies = objects.policies.map(policyOf);
    this.namespaces = new Map(objects.namespaces.map((m) => [m.metadata.name, mapAt(m, 'metadata', 'labels')]));
    this.services = objects.services;
    this.apiServer = apiServer;
  }

  decide(source: LivePod, target: Target): Decision {
    const service = this.services.find((one) => textAt(one, 'spec', 'clusterIP') === target.address);
    if (!service) return this.direct(source, this.destinationOf(target));
    const destinations = this.translated(service, target);
    if (!destinations) return { verdict: 'unspecified', by: `${target.name} selects no pods` };
    if (destinations.length === 0) return { verdict: 'denied', by: `${target.name} has no ready endpoint` };
    if (destinations.some(({ pod }) => pod?.name === source.name))
      return { verdict: 'unspecified', by: 'a pod may reach itself, whether or not through a Service' };
    const decisions = destinations.map((one) => this.direct(source, one));
    return decisions.every(({ verdict }) => verdict === decisions[0]!.verdict)
      ? decisions[0]!
      : { verdict: 'unspecified', by: 'its endpoints differ: each has an address of its own to try' };
  }

  /** A connection to an address that is not a Service's. */
  private direct(source: LivePod, destination: Destination): Decision {
    if (destination.pod?.name === source.name)
      return { verdict: 'allowed', by: 'it is the pod itself, which no policy sees' };
    const egress = this.egress(source, destination);
    const ingress = this.ingress(source, destination);
    if (egress.verdict !== 'denied' && ingress.verdict !== 'denied')
      return { verdict: 'allowed', by: `egress: ${egress.by}; ingress: ${ingress.by}` };
    const opening = egress.verdict === 'allowed' ? egress : ingress;
    if (opening.verdict === 'allowed' && this.selectsBoth(opening.by, source, destination.pod))
      return { verdict: 'unspecified', by: `kube-router takes ${opening.by} as open in both directions` };
    return egress.verdict === 'denied' ? egress : ingress;
  }

  private selectsBoth(label: string, one: LivePod, other: LivePod | undefined): boolean {
    const policy = this.policies.find((candidate) => candidate.label === label && candidate.types.length === 2);
    return policy !== undefined && other !== undefined && selects(policy, one) && selects(policy, other);
  }

  private egress(source: LivePod, destination: Destination): Decision {
    if (source.hostNetwork) return { verdict: 'allowed', by: 'no policy applies to the host network' };
    const { pod, address, port, protocol } = destination;
    return this.verdictOf('Egress', source, (policy) =>
      policy.egress.some(
        (rule) =>
          coversPort(rule, port, protocol, pod) &&
          this.coversPeer(policy, rule, address, pod?.hostNetwork ? undefined : pod),
      ),
    );
  }

  private ingress(source: LivePod, { pod, port, protocol }: Destination): Decision {
    if (!pod) return { verdict: 'allowed', by: 'no policy, as it is no pod' };
    if (pod.hostNetwork) return { verdict: 'allowed', by: 'no policy applies to the host network' };
    if (source.hostNetwork && source.node === pod.node)
      return { verdict: 'allowed', by: 'no policy applies to traffic from the node of the pod' };
    return this.verdictOf('Ingress', pod, (policy) =>
      policy.ingress.some(
        (rule) =>
          coversPort(rule, port, protocol, pod) &&
          this.coversPeer(policy, rule, source.address, source.hostNetwork ? undefined : source),
      ),
    );
  }

  private verdictOf(type: 'Ingress' | 'Egress', pod: LivePod, allows: (policy: Policy) => boolean): Decision {
    const own = this.policies.filter((policy) => policy.types.includes(type) && selects(policy, pod));
    if (own.length === 0) return { verdict: 'allowed', by: NO_POLICY };
    const allowing = own.find(allows);
    if (allowing) return { verdict: 'allowed', by: allowing.label };
    const labels = own.map(({ label }) => label).join(', ');
    return { verdict: 'denied', by: `${type.toLowerCase()}: no rule of ${labels}` };
  }

  private coversPeer(policy: Policy, { peers }: Rule, address: string, pod: LivePod | undefined): boolean {
    // An empty list means the same as an absent one.
    if (!peers?.length) return true;
    return peers.some((peer) => (peer.ipBlock ? inBlock(peer.ipBlock, address) : this.isPeer(policy, peer, pod)));
  }

  private isPeer(policy: Policy, { namespaceSelector, podSelector }: RulePeer, pod: LivePod | undefined): boolean {
    if (!pod) return false;
    const inNamespace = namespaceSelector
      ? matches(namespaceSelector, this.namespaces.get(pod.namespace) ?? {})
      : pod.namespace === policy.namespace;
    return inNamespace && matches(podSelector ?? {}, pod.labels);
  }

  private destinationOf({ address, port, protocol }: Target): Destination {
    const pod = this.pods.find((one) => one.address === address && !one.hostNetwork);
    return { address, port, protocol, pod };
  }

  /** Where a connection to a Service may end; undefined if no object says. */
  private translated(service: Manifest, { port, protocol }: Target): Destination[] | undefined {
    if (Object.keys(mapAt(service, 'spec', 'selector')).length === 0) {
      const { name, namespace } = service.metadata;
      return name === 'kubernetes' && namespace === 'default'
        ? [{ ...this.apiServer, protocol, pod: undefined }]
        : undefined;
    }
    return listAt(service, 'spec', 'ports')
      .filter((one) => at(one, 'port') === port && protocolOf(one) === protocol)
      .flatMap((one) => endpointsOf(service, one, this.pods))
      .map((endpoint) => ({ address: endpoint.pod.address, port: endpoint.port, protocol, pod: endpoint.pod }));
  }
}

/** The protocol of a port of a Service or container. */
export function protocolOf(port: unknown): string {
  return textAt(port, 'protocol') ?? 'TCP';
}

/** The number of a Service port's target on a pod; undefined if it names a port that the pod does not have. */
function targetPortOf(port: unknown, pod: LivePod): number | undefined {
  const target = at(port, 'targetPort') ?? at(port, 'port');
  return typeof target === 'string'
    ? pod.ports.find((one) => one.name === target && protocolOf(one) === protocolOf(port))?.containerPort
    : Number(target);
}

/** True if a rule covers a port; a port's name is looked up in the pod that is connected to. */
function coversPort({ ports }: Rule, number: number, protocol: Protocol, pod: LivePod | undefined): boolean {
  if (!ports?.length) return true;
  const declared = pod?.ports.filter((one) => one.containerPort === number && protocolOf(one) === protocol) ?? [];
  // A pod may listen on a port that it does not declare.
  const candidates: readonly Port[] = [...declared, { containerPort: number, protocol }];
  return ports.some((one) => candidates.some((candidate) => isPort(one, candidate)));
}

function inBlock({ cidr, except = [] }: NonNullable<RulePeer['ipBlock']>, address: string): boolean {
  return inRange(cidr, address) && !except.some((one) => inRange(one, address));
}

function inRange(cidr: string, address: string): boolean {
  const [base = '', prefix = ''] = cidr.split('/');
  if (isIPv6(base) !== isIPv6(address)) return false;
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(base, Number(prefix), family);
  return block.check(address, family);
}

/** True for a pod that runs and has an address. One that is being deleted may be gone before it is tried. */
export function runs(pod: Manifest): boolean {
  return (
    textAt(pod, 'status', 'phase') === 'Running' &&
    textAt(pod, 'status', 'podIP') !== undefined &&
    at(pod, 'metadata', 'deletionTimestamp') === undefined
  );
}

function podOf(pod: Manifest): LivePod {
  const { name, namespace = 'default' } = pod.metadata;
  const sidecars = listAt(pod, 'spec', 'initContainers').filter((one) => textAt(one, 'restartPolicy') === 'Always');
  return {
    name: `${namespace}/${name}`,
    namespace,
    labels: mapAt(pod, 'metadata', 'labels'),
    address: textAt(pod, 'status', 'podIP') ?? '',
    node: textAt(pod, 'status', 'hostIP') ?? '',
    hostNetwork: at(pod, 'spec', 'hostNetwork') === true,
    ready: isReady(pod),
    ports: [...sidecars, ...listAt(pod, 'spec', 'containers')].flatMap(
      (container) => listAt(container, 'ports') as readonly Port[],
    ),
  };
}
