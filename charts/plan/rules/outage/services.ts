import { isDeepStrictEqual } from 'node:util';
import { at, identityOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { selectsExactly } from '../../../lib/selector.ts';
import type { Snapshot } from '../../change.ts';
import { isKept } from '../kept.ts';
import { POD_KINDS, type Pods, podsInNamespace, podsOf, portsOf } from '../pods.ts';
import { isUnchanged, listed, rule, type Said, shown } from '../rule.ts';
import { portUsersOf } from './port-users.ts';

const selectorOf = (service: Manifest | undefined): unknown => at(service, 'spec', 'selector');

function leadsTo(service: Manifest, { namespace, labels }: Pods): boolean {
  const selector = selectorOf(service);
  return selector !== undefined && namespace === service.metadata.namespace && selectsExactly(selector, labels);
}

const backends = (service: Manifest, snapshot: Snapshot): Pods[] =>
  podsInNamespace(snapshot, service.metadata.namespace).filter((pods) => leadsTo(service, pods));

const servicesOf = (snapshot: Snapshot): Manifest[] => snapshot.ofKind('Service').map(({ manifest }) => manifest);

/** What to say of a Service whose pods are gone; nothing if it never had any that are known. */
function withoutPods(before: Manifest, after: Manifest, old: Snapshot, now: Snapshot): Said[] {
  const earlier = backends(before, old);
  return earlier.length > 0 && backends(after, now).length === 0
    ? [
        {
          path: 'spec.selector',
          says: `${label(after)} selects no pods any more: by ${shown(selectorOf(after))} there are none, and there were those of ${listed(earlier.map((one) => one.label))}`,
          instead: 'give the Service and the pods the same labels, in one commit',
        },
      ]
    : [];
}

const noPods = rule('SLP-service-without-pods', {
  severity: 'danger',
  about: 'A Service selects no pods any more, by its own change or by that of their labels: each call fails',
  kinds: ['Service', ...POD_KINDS],
  changed: (before, after, context) => {
    if (after.kind === 'Service') return withoutPods(before, after, context.before, context.after);
    return hasLabelsOf(after, before) ? [] : servicesLeft(before, context);
  },
  removed: (before, context) =>
    before.kind === 'Service' || isKept(before, context) ? [] : servicesLeft(before, context),
});

/** True if every Service that led to the pods of a workload still does. */
function hasLabelsOf(after: Manifest, before: Manifest): boolean {
  const [old, now] = [podsOf(before), podsOf(after)];
  return old?.namespace === now?.namespace && isDeepStrictEqual(old?.labels, now?.labels);
}

/** Unchanged Services that led to a workload as it was before. */
function servicesLeft(workload: Manifest, { before, after }: { before: Snapshot; after: Snapshot }): Said[] {
  const pods = podsOf(workload);
  if (!pods) return [];
  return servicesOf(after)
    .filter((service) => leadsTo(service, pods))
    .flatMap((service) => {
      const earlier = before.find(identityOf(service))?.manifest;
      const same = JSON.stringify(selectorOf(earlier)) === JSON.stringify(selectorOf(service));
      return earlier && same ? withoutPods(earlier, service, before, after) : [];
    });
}

/** A port of a Service, and the names and numbers by which others call it. */
const portKeys = (service: Manifest): Set<string> =>
  new Set(
    listAt(service, 'spec', 'ports').flatMap((port) => [
      ...(textAt(port, 'name') === undefined ? [] : [textAt(port, 'name')!]),
      String(at(port, 'port')),
    ]),
  );

const portGone = rule('SLP-port-gone', {
  severity: 'danger',
  about: 'A port of a Service goes that a route, a webhook, an API or a monitor calls by its name or number',
  kinds: ['Service'],
  changed: (before, after, context) => {
    const [old, now] = [portKeys(before), portKeys(after)];
    return [...old]
      .filter((key) => !now.has(key))
      .flatMap((key) => {
        const users = portUsersOf(after, key, context.after);
        return users.length > 0
          ? [
              {
                path: `spec.ports[${key}]`,
                says: `${label(after)} has no port ${key} any more, which ${listed(users)} ${users.length === 1 ? 'calls' : 'call'}`,
                instead: `keep the port, or change ${listed(users)} in the same commit to one of ${[...now].join(', ')}`,
              },
            ]
          : [];
      });
  },
});

/**
 * Ports of a Service that none of its pods has, by what it calls them.
 *
 * @param own pods that it leads to: no others are looked for if these have all of its ports
 */
function unanswered(service: Manifest, snapshot: Snapshot, own?: Pods): string[] {
  const without = (targets: readonly string[], pods: readonly Pods[]): string[] => {
    const names = new Set(pods.flatMap((one) => portsOf(one) ?? []).map(({ name }) => name));
    return targets.filter((target) => !names.has(target));
  };
  const named = listAt(service, 'spec', 'ports')
    .map((port) => String(at(port, 'targetPort') ?? at(port, 'port')))
    .filter((target) => !/^\d+$/.test(target));
  const targets = own ? without(named, [own]) : named;
  if (targets.length === 0) return [];
  const pods = backends(service, snapshot);
  return pods.some((one) => (portsOf(one) ?? []).length > 0) ? without(targets, pods) : [];
}

const targetPort = rule('SLP-target-port', {
  severity: 'danger',
  about: 'A Service leads to a port by a name that its pods do not have',
  kinds: ['Service', ...POD_KINDS],
  written: (before, after, context) => {
    const pods = podsOf(after);
    const own = after.kind === 'Service';
    const services = own ? [after] : servicesOf(context.after).filter((service) => pods && leadsTo(service, pods));
    return services.flatMap((service) => {
      const found = unanswered(service, context.after, own ? undefined : pods);
      if (found.length === 0) return [];
      const earlier = context.before.find(identityOf(service))?.manifest;
      // Said at the workload only if the Service is as it was.
      if (!own && (!before || !isUnchanged(earlier, service))) return [];
      const known = earlier ? unanswered(earlier, context.before) : [];
      return found
        .filter((target) => !known.includes(target))
        .map((target) => ({
          path: own ? `spec.ports[${target}].targetPort` : undefined,
          says: `${label(service)} leads to port ${target}, which none of its pods has: calls of it are refused`,
          instead: 'name a port of the container, or its number',
        }));
    });
  },
});

/** Services and their pods. */
export const SERVICES = [noPods, portGone, targetPort];
