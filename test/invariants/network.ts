import {
  type Endpoint,
  isPort,
  Network,
  coveredPorts,
  isDenial,
  type Policy,
  type Rule,
  type RulePeer,
  selects,
} from '../lib/policies.ts';
import { namespacesOfOthers } from '../lib/cluster-objects.ts';
import { isEmpty } from '../lib/selector.ts';
import { invariant } from './invariant.ts';

/** Traffic that no rule allows is denied. */
export const defaultDeny = invariant('every namespace denies ingress and egress by default', (cluster) => {
  const { policies, endpoints } = new Network(cluster);
  const others = namespacesOfOthers(cluster);
  const own = endpoints.filter(({ unmanaged }) => !unmanaged).map(({ namespace }) => namespace);
  return [...new Set([...own, ...others])].flatMap((namespace) => {
    // Where the workloads are not known, a policy can only select every pod.
    const denials = policies.filter(
      (p) => p.namespace === namespace && (others.has(namespace) ? isDenial(p) : isEmpty(p.selector)),
    );
    return [
      ...['Ingress', 'Egress']
        .filter((type) => !denials.some((p) => p.types.includes(type)))
        .map((type) => `Namespace ${namespace} does not deny ${type.toLowerCase()} by default`),
      ...denials
        .filter((p) => p.ingress.length + p.egress.length > 0)
        .map((p) => `${p.label} allows traffic of every pod of its namespace`),
    ];
  });
});

/** The default-deny alone does not describe a pod: each has a policy that selects it. */
export const podPolicies = invariant(
  'every pod is selected by a NetworkPolicy for ingress and for egress',
  (cluster) => {
    const network = new Network(cluster);
    return network.endpoints
      .filter(({ policiesKnown, unmanaged }) => policiesKnown || !unmanaged)
      .flatMap((endpoint) =>
        (['ingress', 'egress'] as const)
          .filter((direction) => network.policiesOf(endpoint, direction).length === 0)
          .map((direction) => `${endpoint.label} has no NetworkPolicy for ${direction}`),
      );
  },
);

/** A rule without ports allows all of them. */
export const rulesNamePorts = invariant('every NetworkPolicy rule names its ports', (cluster) =>
  new Network(cluster).policies.flatMap((policy) =>
    (['ingress', 'egress'] as const).flatMap((direction) =>
      policy[direction].flatMap(({ ports, peers }, i) => [
        ...(ports === undefined || ports.some(({ port }) => port === undefined)
          ? [`${policy.label} allows every port (${direction} ${i})`]
          : []),
        // An empty list means the same as an absent one: any peer.
        ...(peers?.length === 0 ? [`${policy.label} has a rule with an empty list of peers (${direction} ${i})`] : []),
      ]),
    ),
  ),
);

/** A rule for a port that no container declares is a leftover. */
export const ingressPortsExist = invariant('every ingress rule is for a port of its pods', (cluster) => {
  const network = new Network(cluster);
  return network.policies.flatMap((policy) => {
    const listeners = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    return listeners.flatMap((endpoint) =>
      policy.ingress.flatMap(({ ports = [] }) =>
        ports
          .filter((p) => !endpoint.ports.some((port) => isPort(p, port)))
          .map(({ port }) => `${policy.label} allows ingress on port ${port}, which ${endpoint.label} does not have`),
      ),
    );
  });
});

/** Traffic needs both: the sender's egress rule and the receiver's ingress rule. */
export const egressMatched = invariant('every egress rule has a matching ingress rule', (cluster) => {
  const network = new Network(cluster);
  return forEachPeer(network, 'egress', (policy, rule, peer) => {
    const targets = network.peersOf(policy, peer);
    const senders = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    const listening = targets.flatMap((target) => coveredPorts(rule, target).map((port) => ({ target, port })));
    if (targets.length === 0) return [`${policy.label} allows egress to pods that do not exist (${peerText(peer)})`];
    // Ports that no pod of this peer has; where a peer selects several workloads, each need not have every port.
    const undeclared = (rule.ports ?? []).filter((p) => !listening.some(({ port }) => isPort(p, port)));
    return [
      ...undeclared.map(
        ({ port }) =>
          `${policy.label} allows egress to port ${port}, which ${targets.map(({ label }) => label).join(' and ')} does not have`,
      ),
      ...listening.flatMap(({ target, port }) =>
        senders
          .filter((sender) => target.policiesKnown && !network.allows('ingress', target, sender, port))
          .map(
            (sender) =>
              `${target.label} does not allow ingress from ${sender.label} on port ${port.containerPort}, to which ${policy.label} allows egress`,
          ),
      ),
    ];
  });
});

/** The reverse: the receiver's ingress rule needs the sender's egress rule. */
export const ingressMatched = invariant('every ingress rule has a matching egress rule', (cluster) => {
  const network = new Network(cluster);
  return forEachPeer(network, 'ingress', (policy, rule, peer) => {
    const senders = network.peersOf(policy, peer);
    const targets = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    if (senders.length === 0) return [`${policy.label} allows ingress from pods that do not exist (${peerText(peer)})`];
    return targets.flatMap((target) =>
      coveredPorts(rule, target).flatMap((port) =>
        senders
          .filter((sender) => sender.policiesKnown && !network.allows('egress', sender, target, port))
          .map(
            (sender) =>
              `${sender.label} does not allow egress to ${target.label} on port ${port.containerPort}, on which ${policy.label} allows ingress`,
          ),
      ),
    );
  });
});

function forEachPeer(
  network: Network,
  direction: 'ingress' | 'egress',
  find: (policy: Policy, rule: Rule, peer: RulePeer) => string[],
): string[] {
  return network.policies.flatMap((policy) =>
    policy[direction].flatMap((rule) =>
      (rule.peers ?? []).filter(({ ipBlock }) => !ipBlock).flatMap((peer) => find(policy, rule, peer)),
    ),
  );
}

function peerText({ namespaceSelector, podSelector }: RulePeer): string {
  const text = (labels: Endpoint['labels'] = {}): string =>
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || 'any';
  return `${text(namespaceSelector?.matchLabels)} / ${text(podSelector?.matchLabels)}`;
}
