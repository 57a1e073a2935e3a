import {
  type Endpoint,
  isPort,
  Network,
  opened,
  type Policy,
  type Rule,
  type RulePeer,
  selects,
} from '../lib/policies.ts';
import { isEmpty } from '../lib/selector.ts';
import { invariant } from './invariant.ts';

/** What nobody opened is shut. */
export const defaultDeny = invariant('every namespace denies by default', (cluster) => {
  const { policies, endpoints } = new Network(cluster);
  const own = [...new Set(endpoints.filter(({ unmanaged }) => !unmanaged).map(({ namespace }) => namespace))];
  return own.flatMap((namespace) => {
    const denials = policies.filter((p) => p.namespace === namespace && isEmpty(p.selector));
    return [
      ...['Ingress', 'Egress']
        .filter((type) => !denials.some((p) => p.types.includes(type)))
        .map((type) => `Namespace ${namespace} does not deny ${type.toLowerCase()} by default`),
      ...denials
        .filter((p) => p.ingress.length + p.egress.length > 0)
        .map((p) => `${p.label} opens something for every pod of its namespace`),
    ];
  });
});

/** Somebody thought about each pod: it has a policy that names it. */
export const podPolicies = invariant('every pod has a policy of its own', (cluster) => {
  const network = new Network(cluster);
  return network.endpoints
    .filter(({ policiesKnown, unmanaged }) => policiesKnown || !unmanaged)
    .flatMap((endpoint) =>
      (['ingress', 'egress'] as const)
        .filter((direction) => network.policiesOf(endpoint, direction).length === 0)
        .map((direction) => `${endpoint.label} has no policy for ${direction}`),
    );
});

/** An opening names its ports. */
export const namedOpenings = invariant('every opening names its ports', (cluster) =>
  new Network(cluster).policies.flatMap((policy) =>
    (['ingress', 'egress'] as const).flatMap((direction) =>
      policy[direction].flatMap(({ ports, peers }, i) => [
        ...(ports === undefined || ports.some(({ port }) => port === undefined)
          ? [`${policy.label} opens every port (${direction} ${i})`]
          : []),
        // An empty list is what an absent one is: anywhere.
        ...(peers?.length === 0 ? [`${policy.label} opens to an empty list of peers (${direction} ${i})`] : []),
      ]),
    ),
  ),
);

/** An opening for a port that nobody listens on is a forgotten one. */
export const openPortsListen = invariant('an ingress opening is for a port that listens', (cluster) => {
  const network = new Network(cluster);
  return network.policies.flatMap((policy) => {
    const listeners = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    return listeners.flatMap((endpoint) =>
      policy.ingress.flatMap(({ ports = [] }) =>
        ports
          .filter((p) => !endpoint.ports.some((port) => isPort(p, port)))
          .map(({ port }) => `${policy.label} opens port ${port}, which ${endpoint.label} does not have`),
      ),
    );
  });
});

/** What one pod may send, the other lets in. */
export const egressMet = invariant('an egress opening meets an ingress opening', (cluster) => {
  const network = new Network(cluster);
  return eachPeer(network, 'egress', (policy, rule, peer) => {
    const targets = network.peersOf(policy, peer);
    const senders = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    const listening = targets.flatMap((target) => opened(rule, target).map((port) => ({ target, port })));
    if (targets.length === 0) return [`${policy.label} opens egress to pods that do not exist (${inWords(peer)})`];
    // Ports that no pod of this peer has; a peer of several workloads need not have each port on each of them.
    const unheard = (rule.ports ?? []).filter((p) => !listening.some(({ port }) => isPort(p, port)));
    return [
      ...unheard.map(
        ({ port }) =>
          `${policy.label} opens egress to port ${port}, which ${targets.map(({ label }) => label).join(' and ')} does not have`,
      ),
      ...listening.flatMap(({ target, port }) =>
        senders
          .filter((sender) => target.policiesKnown && !network.lets('ingress', target, sender, port))
          .map(
            (sender) =>
              `${target.label} does not let ${sender.label} in on port ${port.containerPort}, to which ${policy.label} lets it out`,
          ),
      ),
    ];
  });
});

/** What one pod lets in, the other may send. */
export const ingressMet = invariant('an ingress opening meets an egress opening', (cluster) => {
  const network = new Network(cluster);
  return eachPeer(network, 'ingress', (policy, rule, peer) => {
    const senders = network.peersOf(policy, peer);
    const targets = network.endpoints.filter((endpoint) => selects(policy, endpoint));
    if (senders.length === 0) return [`${policy.label} opens ingress to pods that do not exist (${inWords(peer)})`];
    return targets.flatMap((target) =>
      opened(rule, target).flatMap((port) =>
        senders
          .filter((sender) => sender.policiesKnown && !network.lets('egress', sender, target, port))
          .map(
            (sender) =>
              `${sender.label} may not go out to ${target.label} on port ${port.containerPort}, where ${policy.label} lets it in`,
          ),
      ),
    );
  });
});

function eachPeer(
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

function inWords({ namespaceSelector, podSelector }: RulePeer): string {
  const text = (labels: Endpoint['labels'] = {}): string =>
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || 'any';
  return `${text(namespaceSelector?.matchLabels)} / ${text(podSelector?.matchLabels)}`;
}
