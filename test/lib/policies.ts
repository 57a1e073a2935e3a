import { at, label, listAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind, textsAt } from './cluster-objects.ts';
import { type Pods, type Port, podsOf, portsOf } from './pods.ts';
import { isEmpty, type LabelSelector, type Labels, matches } from './selector.ts';
import { strangersOf } from './strangers.ts';

/** One end of a connection. */
export interface End {
  readonly says: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
  /** False where dist does not bring the namespace: its policies, if any, are not known. */
  readonly governed: boolean;
  /** True for a pod that no workload of dist makes. */
  readonly stranger: boolean;
}

/** One port of a rule; a number, a container port's name, or a range. */
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
  /** Undefined: anywhere. */
  readonly peers: readonly RulePeer[] | undefined;
  /** Undefined: every port. */
  readonly ports: readonly RulePort[] | undefined;
}

/** A NetworkPolicy, read. */
export interface Policy {
  readonly says: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly types: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export type Direction = 'ingress' | 'egress';

/** The network of one cluster, as its policies make it. */
export class Network {
  readonly ends: readonly End[];
  readonly policies: readonly Policy[];
  private readonly namespaces: ReadonlyMap<string, Labels>;

  constructor(cluster: ClusterObjects) {
    const own = ofKind(cluster, 'Namespace').map(
      (m) => [m.metadata.name, { ...mapAt(m, 'metadata', 'labels') }] as const,
    );
    this.namespaces = new Map(own);
    const strangers = strangersOf(cluster).map((s) => ({
      ...s,
      stranger: true,
      governed: this.namespaces.has(s.namespace),
    }));
    this.ends = [...podsOf(cluster).map((pods) => this.endOf(pods)), ...strangers];
    this.policies = ofKind(cluster, 'NetworkPolicy').map((m) => ({
      says: label(m),
      namespace: m.metadata.namespace ?? 'default',
      selector: at(m, 'spec', 'podSelector') as LabelSelector,
      types: textsAt(m, 'spec', 'policyTypes'),
      ingress: listAt(m, 'spec', 'ingress').map((rule) => ruleOf(rule, 'from')),
      egress: listAt(m, 'spec', 'egress').map((rule) => ruleOf(rule, 'to')),
    }));
  }

  /** The pods of a workload as an end of a connection. */
  endOf(pods: Pods): End {
    const { says, namespace, labels } = pods;
    return { says, namespace, labels, ports: portsOf(pods), governed: this.namespaces.has(namespace), stranger: false };
  }

  /** The policies of a pod that name it, in one direction: those beside the default-deny. */
  policiesOf(end: End, direction: Direction): Policy[] {
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    return this.policies.filter((p) => p.types.includes(type) && !isEmpty(p.selector) && selects(p, end));
  }

  /** The pods that a peer of a rule selects; none for addresses. */
  peersOf(policy: Policy, { ipBlock, namespaceSelector, podSelector }: RulePeer): End[] {
    if (ipBlock) return [];
    return this.ends.filter(
      (end) =>
        (namespaceSelector
          ? matches(namespaceSelector, this.labelsOf(end.namespace))
          : end.namespace === policy.namespace) && matches(podSelector ?? {}, end.labels),
    );
  }

  /** True if a pod's policies let it talk to another one on a port of the one that listens. */
  lets(direction: Direction, end: End, other: End, port: Port): boolean {
    const listener = direction === 'ingress' ? end : other;
    return this.policiesOf(end, direction).some((policy) =>
      policy[direction].some(
        (rule) =>
          covers(rule, port, listener) &&
          (rule.peers?.some((peer) => this.peersOf(policy, peer).includes(other)) ?? true),
      ),
    );
  }

  /** True if a pod lets in what comes from outside the cluster's pods. */
  letsWorldIn(end: End, port: Port): boolean {
    return this.policiesOf(end, 'ingress').some((policy) =>
      policy.ingress.some((rule) => covers(rule, port, end) && (rule.peers?.some(({ ipBlock }) => ipBlock) ?? true)),
    );
  }

  private labelsOf(namespace: string): Labels {
    return { ...this.namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace };
  }
}

/** True if the policy is in force for the pod. */
export function selects({ namespace, selector }: Policy, end: End): boolean {
  return namespace === end.namespace && matches(selector, end.labels);
}

/** The ports of the listening pod that a rule's port opens. */
export function opened(rule: Rule, listener: End): Port[] {
  return listener.ports.filter((port) => covers(rule, port, listener));
}

function covers({ ports }: Rule, port: Port, listener: End): boolean {
  return ports?.some((p) => isPort(p, port) && listener.ports.includes(port)) ?? true;
}

/** True if a rule's port is this port of a container. */
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
