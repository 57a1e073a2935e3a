import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { grouped } from '../../lib/grouped.ts';
import { type Labels, labelsIn, selectsLabels } from '../../lib/selector.ts';
import type { Snapshot } from '../change.ts';
import { type ContainerPort, type Pods, podsIn, portsOf } from './pods.ts';

export type Direction = 'ingress' | 'egress';

export const DIRECTIONS = ['ingress', 'egress'] as const;

/** Pods as NetworkPolicies see them. */
export interface Endpoint {
  readonly label: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Undefined if a controller decides on them. */
  readonly ports: readonly ContainerPort[] | undefined;
}

/** A port of a rule; without a number, all of the protocol. */
interface RulePort {
  readonly port: string | number | undefined;
  readonly end: number | undefined;
  readonly protocol: string;
}

/** A rule in one direction; without peers or ports, any. */
export interface PolicyRule {
  readonly peers: readonly unknown[];
  readonly ports: readonly RulePort[];
}

/** The policies and pods of one cluster. */
export class NetworkModel {
  readonly endpoints: readonly Endpoint[];
  private readonly byNamespace: ReadonlyMap<string, readonly Endpoint[]>;
  private readonly policies: ReadonlyMap<string | undefined, readonly Manifest[]>;
  private readonly snapshot: Snapshot;
  // Every pair of pods is asked for.
  private readonly decided = {
    ingress: new WeakMap<Endpoint, readonly Manifest[]>(),
    egress: new WeakMap<Endpoint, readonly Manifest[]>(),
  };
  private readonly namespaces = new Map<string, Labels>();
  private readonly specs = new Map<string, string>();
  private allLabels: string | undefined;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    const policies = snapshot.ofKind('NetworkPolicy').map(({ manifest }) => manifest);
    this.policies = grouped(policies, ({ metadata }) => metadata.namespace);
    this.endpoints = podsIn(snapshot).map(endpointOf);
    this.byNamespace = grouped(this.endpoints, ({ namespace }) => namespace);
  }

  /** The pods of a namespace. */
  endpointsIn(namespace = 'default'): readonly Endpoint[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** The policies that decide on the traffic of pods in a direction; without any, all is allowed. */
  policiesFor(pods: Endpoint, direction: Direction): readonly Manifest[] {
    const known = this.decided[direction].get(pods);
    if (known) return known;
    const found = (this.policies.get(pods.namespace) ?? []).filter(
      (policy) =>
        typesOf(policy).includes(direction) && selectsLabels(at(policy, 'spec', 'podSelector') ?? {}, pods.labels),
    );
    this.decided[direction].set(pods, found);
    return found;
  }

  /** True if the policies of pods allow a connection with others on the listener's port in one direction. */
  allows(direction: Direction, own: Endpoint, other: Endpoint, port: ContainerPort): boolean {
    const policies = this.policiesFor(own, direction);
    return (
      policies.length === 0 ||
      policies.some((policy) =>
        rulesOf(policy, direction).some(
          ({ peers, ports }) =>
            (ports.length === 0 || ports.some((one) => coversPort(one, port))) &&
            (peers.length === 0 || peers.some((peer) => this.isPeer(policy, peer, other))),
        ),
      )
    );
  }

  /** True if a peer of a policy names these pods; never for a range of addresses. */
  isPeer(policy: Manifest, peer: unknown, { namespace, labels }: Endpoint): boolean {
    if (at(peer, 'ipBlock') !== undefined) return false;
    const namespaces = at(peer, 'namespaceSelector');
    const within =
      namespaces === undefined
        ? namespace === policy.metadata.namespace
        : selectsLabels(namespaces, this.labelsOf(namespace));
    return within && selectsLabels(at(peer, 'podSelector') ?? {}, labels);
  }

  /** True if this allows pods of a namespace the same as another model: policies there, and the labels of all namespaces. */
  decidesAs(other: NetworkModel, namespace = 'default'): boolean {
    return this.labelsOfAll() === other.labelsOfAll() && this.specsIn(namespace) === other.specsIn(namespace);
  }

  private specsIn(namespace: string): string {
    const text = this.specs.get(namespace) ?? (this.policies.get(namespace) ?? []).map(specOf).join();
    this.specs.set(namespace, text);
    return text;
  }

  private labelsOfAll(): string {
    this.allLabels ??= JSON.stringify([...this.byNamespace.keys()].map((name) => this.labelsOf(name)));
    return this.allLabels;
  }

  private labelsOf(namespace: string): Labels {
    const known = this.namespaces.get(namespace) ?? {
      ...labelsIn(this.snapshot.find(`|Namespace||${namespace}`)?.manifest.metadata.labels),
      'kubernetes.io/metadata.name': namespace,
    };
    this.namespaces.set(namespace, known);
    return known;
  }
}

/** What each policy says, as a text, in all clusters that have it. */
const SPECS = new WeakMap<Manifest, string>();

function specOf(policy: Manifest): string {
  const text = SPECS.get(policy) ?? JSON.stringify(policy['spec'] ?? null);
  SPECS.set(policy, text);
  return text;
}

/** Snapshots do not change. */
const MODELS = new WeakMap<Snapshot, NetworkModel>();

/** The network of a cluster at one commit. */
export function networkOf(snapshot: Snapshot): NetworkModel {
  const model = MODELS.get(snapshot) ?? new NetworkModel(snapshot);
  MODELS.set(snapshot, model);
  return model;
}

/** Pods as policies see them. */
export function endpointOf(pods: Pods): Endpoint {
  return { label: pods.label, namespace: pods.namespace, labels: pods.labels, ports: portsOf(pods) };
}

/** Every pod of a namespace that no policy names by its labels, such as one that a person starts. */
export function anyPodOf(namespace: string): Endpoint {
  return { label: `other pods of namespace ${namespace}`, namespace, labels: {}, ports: undefined };
}

/** The directions that a policy decides on; what the API server fills in if it names none. */
export function typesOf(policy: Manifest): Direction[] {
  const named = listAt(policy, 'spec', 'policyTypes').map((type) => String(type).toLowerCase());
  const types =
    named.length > 0 ? named : ['ingress', ...(listAt(policy, 'spec', 'egress').length > 0 ? ['egress'] : [])];
  return DIRECTIONS.filter((direction) => types.includes(direction));
}

/** The rules of each policy, in all clusters that have it. */
const RULES = { ingress: new WeakMap<Manifest, PolicyRule[]>(), egress: new WeakMap<Manifest, PolicyRule[]>() };

/** The rules of a policy in one direction. */
export function rulesOf(policy: Manifest, direction: Direction): readonly PolicyRule[] {
  const rules = RULES[direction].get(policy) ?? readRules(policy, direction);
  RULES[direction].set(policy, rules);
  return rules;
}

function readRules(policy: Manifest, direction: Direction): PolicyRule[] {
  return listAt(policy, 'spec', direction).map((rule) => ({
    peers: listAt(rule, direction === 'ingress' ? 'from' : 'to'),
    ports: listAt(rule, 'ports').map((port) => ({
      port: at(port, 'port') as string | number | undefined,
      end: at(port, 'endPort') as number | undefined,
      protocol: textAt(port, 'protocol') ?? 'TCP',
    })),
  }));
}

/** True if a port of a rule is a port of a container. */
export function coversPort({ port, end, protocol }: RulePort, own: ContainerPort): boolean {
  if (protocol !== own.protocol) return false;
  if (port === undefined) return true;
  return typeof port === 'string' ? port === own.name : own.number >= port && own.number <= (end ?? port);
}
