import { at, label, type Manifest, textAt } from '../../../lib/manifest.ts';
import { anyPodOf, type Direction, DIRECTIONS, type Endpoint, networkOf, rulesOf } from '../network-model.ts';
import { type Context, listed, rule, type Said, shown } from '../rule.ts';

const KINDS = ['NetworkPolicy'];

/** Pods that a policy decided on and that no policy decides on any more, in one direction. */
function freed(direction: Direction, before: Manifest, context: Context): Endpoint[] {
  const { namespace = 'default' } = before.metadata;
  const [old, now] = [networkOf(context.before), networkOf(context.after)];
  if (now.decidesAs(old, namespace)) return [];
  const still = now.endpointsIn(namespace);
  const known = new Set(old.endpointsIn(namespace).map((one) => one.label));
  const remains = context.after.find(`|Namespace||${namespace}`) !== undefined || still.length > 0;
  const all = [...still.filter((one) => known.has(one.label)), ...(remains ? [anyPodOf(namespace)] : [])];
  return all.filter(
    (one) =>
      old.policiesFor(one, direction).some((policy) => label(policy) === label(before)) &&
      now.policiesFor(one, direction).length === 0,
  );
}

function isolationLost(before: Manifest, context: Context): Said[] {
  return DIRECTIONS.flatMap((direction) => {
    const pods = freed(direction, before, context);
    return pods.length > 0
      ? [
          {
            path: 'spec.policyTypes',
            says: `No policy limits the ${direction} of ${listed(pods.map((one) => one.label))} any more: ${direction === 'ingress' ? 'every pod may call them' : 'they may call everything, outside the cluster too'}`,
            instead: 'keep a policy that denies what no other names',
          },
        ]
      : [];
  });
}

const unlimited = rule('SLP-isolation-lost', {
  severity: 'danger',
  about: 'A NetworkPolicy goes, drops a policy type or no longer selects pods that no other one limits',
  kinds: KINDS,
  changed: (before, _, context) => isolationLost(before, context),
  removed: isolationLost,
});

/** A range of all addresses, or a peer that every pod of the cluster is. */
function isAnyone(peer: unknown): boolean {
  const cidr = textAt(peer, 'ipBlock', 'cidr');
  if (cidr !== undefined) return cidr.endsWith('/0');
  const [namespaces, pods] = [at(peer, 'namespaceSelector'), at(peer, 'podSelector')];
  const isEmpty = (selector: unknown): boolean => Object.keys(selector ?? {}).length === 0;
  // Without a namespaceSelector, only the pods of the policy's own namespace are peers.
  return namespaces === undefined || namespaces === null ? isNothing(peer, pods) : isEmpty(namespaces) && isEmpty(pods);
}

function isNothing(peer: unknown, pods: unknown): boolean {
  return (pods === undefined || pods === null) && Object.keys(peer ?? {}).length === 0;
}

/** The ports that a policy opens to anyone in one direction. */
function openPorts(policy: Manifest, direction: Direction): Set<string> {
  return new Set(
    rulesOf(policy, direction)
      .filter(({ peers }) => peers.length === 0 || peers.some(isAnyone))
      .flatMap(({ ports }) =>
        ports.length === 0
          ? ['all']
          : ports.map(
              ({ port, end, protocol }) =>
                `${port === undefined ? 'all' : shown(port)}${end === undefined ? '' : `-${end}`}/${protocol}`,
            ),
      ),
  );
}

const opened = (direction: Direction) =>
  function opens(before: Manifest, after: Manifest): Said[] {
    const old = openPorts(before, direction);
    const more = [...openPorts(after, direction)].filter((port) => !old.has(port) && !old.has('all'));
    return more.length > 0
      ? [
          {
            path: `spec.${direction}`,
            says:
              direction === 'ingress'
                ? `${label(after)} lets everyone call port ${listed(more)} of its pods`
                : `${label(after)} lets its pods call everyone on port ${listed(more)}`,
            instead: `name the ${direction === 'ingress' ? 'pods that call' : 'pods or addresses that are called'}`,
          },
        ]
      : [];
  };

const ingress = rule('SLP-open-to-all', {
  severity: 'danger',
  about: 'A rule of a NetworkPolicy accepts everyone: no peers, an empty one, or every address',
  kinds: KINDS,
  changed: opened('ingress'),
});

const egress = rule('SLP-egress-to-all', {
  severity: 'danger',
  about: 'A rule of a NetworkPolicy lets pods call everyone: no peers, an empty one, or every address',
  kinds: KINDS,
  changed: opened('egress'),
});

/** What policies no longer deny. */
export const POLICIES = [unlimited, ingress, egress];
