import { label, type Manifest } from '../../../lib/manifest.ts';
import {
  coversPort,
  DIRECTIONS,
  type Direction,
  type Endpoint,
  type NetworkModel,
  networkOf,
  rulesOf,
  typesOf,
} from '../network-model.ts';
import type { ContainerPort } from '../pods.ts';
import { type Context, listed, rule, type Said } from '../rule.ts';

const KINDS = ['NetworkPolicy'];

/** Pods that run before and after, if what the policies of their namespace decide may not be the same. */
function decidedOn({ metadata: { namespace } }: Manifest, { before, after }: Context): Endpoint[] {
  const [old, now] = [networkOf(before), networkOf(after)];
  if (now.decidesAs(old, namespace)) return [];
  const known = new Set(old.endpointsIn(namespace).map((one) => one.label));
  return now.endpointsIn(namespace).filter((one) => known.has(one.label));
}

const other = (direction: Direction): Direction => (direction === 'ingress' ? 'egress' : 'ingress');

/**
 * Connections that pods allowed in a direction and no longer do, although the policy of the other end still names them:
 * `Deployment whoami/whoami no longer accepts …`.
 */
function findLost(direction: Direction, policy: Manifest, context: Context): Said[] {
  const [old, now] = [networkOf(context.before), networkOf(context.after)];
  return decidedOn(policy, context).flatMap((own) => {
    const peers = now.endpoints.filter((peer) =>
      ((direction === 'ingress' ? own : peer).ports ?? []).some(
        (port) =>
          old.allows(direction, own, peer, port) &&
          !now.allows(direction, own, peer, port) &&
          names(now, other(direction), peer, own, port),
      ),
    );
    if (peers.length === 0) return [];
    const all = listed(peers.map((one) => one.label));
    return [
      {
        path: `spec.${direction}`,
        says:
          direction === 'ingress'
            ? `${own.label} no longer accepts connections of ${all}, whose own policy still allows them`
            : `${own.label} may no longer call ${all}, whose own policy still accepts it`,
        instead: 'remove both ends in the same commit, once nobody calls any more',
      },
    ];
  });
}

/** All changed policies of a namespace lose the same. */
const LOST = new WeakMap<NetworkModel, WeakMap<NetworkModel, Map<string, readonly Said[]>>>();

function lost(direction: Direction, policy: Manifest, context: Context): readonly Said[] {
  const [old, now] = [networkOf(context.before), networkOf(context.after)];
  const ofOld = LOST.get(old) ?? new WeakMap<NetworkModel, Map<string, readonly Said[]>>();
  const known = ofOld.get(now) ?? new Map<string, readonly Said[]>();
  const key = `${direction} ${policy.metadata.namespace}`;
  const said = known.get(key) ?? findLost(direction, policy, context);
  LOST.set(old, ofOld.set(now, known.set(key, said)));
  return said;
}

/** True if a policy of pods names others for a port, and does not merely allow everything. */
function names(
  network: NetworkModel,
  direction: Direction,
  pods: Endpoint,
  others: Endpoint,
  port: ContainerPort,
): boolean {
  return network
    .policiesFor(pods, direction)
    .some((policy) =>
      rulesOf(policy, direction).some(
        ({ peers, ports }) =>
          (ports.length === 0 || ports.some((one) => coversPort(one, port))) &&
          peers.some((peer) => network.isPeer(policy, peer, others)),
      ),
    );
}

const denied = rule('SLP-traffic-denied', {
  severity: 'danger',
  about: 'A NetworkPolicy no longer allows a connection that the policy of the other end still names',
  kinds: KINDS,
  written: (_, after, context) => DIRECTIONS.flatMap((direction) => lost(direction, after, context)),
  removed: (before, context) => DIRECTIONS.flatMap((direction) => lost(direction, before, context)),
});

const isolated = rule('SLP-newly-isolated', {
  severity: 'danger',
  about: 'A NetworkPolicy selects pods that none selected before: all traffic that it does not name is denied',
  kinds: KINDS,
  written: (_, after, context) => {
    const [old, now] = [networkOf(context.before), networkOf(context.after)];
    return typesOf(after).flatMap((direction) => {
      const pods = decidedOn(after, context).filter(
        (one) =>
          old.policiesFor(one, direction).length === 0 &&
          now.policiesFor(one, direction).some((policy) => label(policy) === label(after)),
      );
      return pods.length > 0
        ? [
            {
              path: 'spec.podSelector',
              says: `${listed(pods.map((one) => one.label))} had no policy for ${direction}, and from now on may ${direction === 'ingress' ? 'be called' : 'call'} only as policies say`,
              instead: 'name every connection they need in the same commit',
            },
          ]
        : [];
    });
  },
});

const DNS = 53;

/** True if pods may ask a name server. */
function resolves(one: Endpoint, network: NetworkModel): boolean {
  const policies = network.policiesFor(one, 'egress');
  return (
    policies.length === 0 ||
    policies.some((policy) =>
      rulesOf(policy, 'egress').some(
        ({ ports }) =>
          ports.length === 0 || ports.some((port) => coversPort(port, { name: 'dns', number: DNS, protocol: 'UDP' })),
      ),
    )
  );
}

const dns = rule('SLP-dns-denied', {
  severity: 'danger',
  about: 'Pods may no longer ask any name server',
  kinds: KINDS,
  written: (_, after, context) => noNames(after, context),
  removed: noNames,
});

function noNames(policy: Manifest, context: Context): Said[] {
  const [old, now] = [networkOf(context.before), networkOf(context.after)];
  const pods = decidedOn(policy, context).filter((one) => resolves(one, old) && !resolves(one, now));
  return pods.length > 0
    ? [
        {
          path: 'spec.egress',
          says: `${listed(pods.map((one) => one.label))} may no longer ask a name server (port ${DNS}, UDP): they find no host by name`,
          instead: 'keep the rule for the cluster DNS',
        },
      ]
    : [];
}

/** Connections. */
export const TRAFFIC = [denied, isolated, dns];
