import { at, label as labelOf, listAt, type Manifest } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind, textsAt } from './cluster-objects.ts';
import { type Pods, type Port, workloadPods, portsOf } from './pods.ts';
import { isEmpty, type LabelSelector, type Labels, matches } from './selector.ts';
import { unmanagedPods } from './unmanaged-pods.ts';

/** Pods that open or accept connections. */
export interface Endpoint {
  readonly label: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
  /** False if the namespace is not in dist: its policies, if any, are not known. */
  readonly policiesKnown: boolean;
  /** True for pods that no workload of dist creates. */
  readonly unmanaged: boolean;
}

/** One port of a rule: a number, a container port's name or a range. */
export interface RulePort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

/** A peer of a rule. */
export interface RulePeer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

/** One rule of a policy, in one direction. */
export interface Rule {
  /** Undefined: any peer. */
  readonly peers: readonly RulePeer[] | undefined;
  /** Undefined: every port. */
  readonly ports: readonly RulePort[] | undefined;
}

/** A NetworkPolicy in the form that the checks use. */
export interface Policy {
  readonly label: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly types: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export type Direction = 'ingress' | 'egress';

/** The pods and NetworkPolicies of one cluster. */
export class Network {
  readonly endpoints: readonly Endpoint[];
  readonly policies: readonly Policy[];
  private readonly namespaces: ReadonlyMap<string, Labels>;

  constructor(cluster: ClusterObjects) {
    const own = ofKind(cluster, 'Namespace').map(
      (m) => [m.metadata.name, { ...mapAt(m, 'metadata', 'labels') }] as const,
    );
    this.namespaces = new Map(own);
    const unmanaged = unmanagedPods(cluster).map((s) => ({
      ...s,
      unmanaged: true,
      policiesKnown: this.namespaces.has(s.namespace),
    }));
    this.endpoints = [...workloadPods(cluster).map((pods) => this.endpointOf(pods)), ...unmanaged];
    this.policies = ofKind(cluster, 'NetworkPolicy').map(policyOf);
  }

  /** The pods of a workload as an endpoint of a connection. */
  endpointOf(pods: Pods): Endpoint {
    const { label, namespace, labels } = pods;
    return {
      label,
      namespace,
      labels,
      ports: portsOf(pods),
      policiesKnown: this.namespaces.has(namespace),
      unmanaged: false,
    };
  }

  /** The policies that allow traffic of a pod in one direction, the default-deny excluded. */
  policiesOf(endpoint: Endpoint, direction: Direction): Policy[] {
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    return this.policies.filter((p) => p.types.includes(type) && !isDenial(p) && selects(p, endpoint));
  }

  /** The pods that a peer of a rule selects; none for an IP block. */
  peersOf(policy: Policy, { ipBlock, namespaceSelector, podSelector }: RulePeer): Endpoint[] {
    if (ipBlock) return [];
    return this.endpoints.filter(
      (endpoint) =>
        (namespaceSelector
          ? matches(namespaceSelector, this.labelsOf(endpoint.namespace))
          : endpoint.namespace === policy.namespace) && matches(podSelector ?? {}, endpoint.labels),
    );
  }

  /** True if an endpoint's policies in one direction allow a connection with another on the listener's port. */
  allows(direction: Direction, endpoint: Endpoint, other: Endpoint, port: Port): boolean {
    const listener = direction === 'ingress' ? endpoint : other;
    return this.policiesOf(endpoint, direction).some((policy) =>
      policy[direction].some(
        (rule) =>
          covers(rule, port, listener) &&
          (rule.peers?.some((peer) => this.peersOf(policy, peer).includes(other)) ?? true),
      ),
    );
  }

  /** True if an endpoint allows ingress from outside the pod network. */
  allowsExternal(endpoint: Endpoint, port: Port): boolean {
    return this.policiesOf(endpoint, 'ingress').some((policy) =>
      policy.ingress.some(
        (rule) => covers(rule, port, endpoint) && (rule.peers?.some(({ ipBlock }) => ipBlock) ?? true),
      ),
    );
  }

  private labelsOf(namespace: string): Labels {
    return { ...this.namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace };
  }
}

/** A NetworkPolicy as the checks use it, whether rendered or read from an API server. */
export function policyOf(manifest: Manifest): Policy {
  const rules = (field: 'ingress' | 'egress'): readonly unknown[] => listAt(manifest, 'spec', field);
  const types = textsAt(manifest, 'spec', 'policyTypes');
  // What the API server fills in.
  const implied = ['Ingress', ...(rules('egress').length > 0 ? ['Egress'] : [])];
  return {
    label: labelOf(manifest),
    namespace: manifest.metadata.namespace ?? 'default',
    selector: at(manifest, 'spec', 'podSelector') as LabelSelector,
    types: types.length > 0 ? types : implied,
    ingress: rules('ingress').map((rule) => ruleOf(rule, 'from')),
    egress: rules('egress').map((rule) => ruleOf(rule, 'to')),
  };
}

/** True for a policy that selects every pod of its namespace and allows nothing. */
export function isDenial({ selector, ingress, egress }: Policy): boolean {
  return isEmpty(selector) && ingress.length + egress.length === 0;
}

/** True if the policy applies to the pods. */
export function selects({ namespace, selector }: Policy, endpoint: Pick<Endpoint, 'namespace' | 'labels'>): boolean {
  return namespace === endpoint.namespace && matches(selector, endpoint.labels);
}

/** The listener's ports that a rule covers. */
export function coveredPorts(rule: Rule, listener: Endpoint): Port[] {
  return listener.ports.filter((port) => covers(rule, port, listener));
}

function covers({ ports }: Rule, port: Port, listener: Endpoint): boolean {
  return ports?.some((p) => isPort(p, port) && listener.ports.includes(port)) ?? true;
}

/** True if a rule's port matches a container port. */
export function isPort(
  { port, endPort, protocol = 'TCP' }: RulePort,
  { name, containerPort, protocol: own = 'TCP' }: Port,
): boolean {
  if (protocol !== own) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return port === name;
  return containerPort >= port && containerPort <= (endPort ?? port);
}

function ruleOf(rule: unknown, field: 'from' | 'to'): Rule {
  return { peers: at(rule, field) as Rule['peers'], ports: at(rule, 'ports') as Rule['ports'] };
}
