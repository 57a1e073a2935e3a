import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { isKept } from '../kept.ts';
import { coversHost, hostsOf, LISTENERS, listenersFor, nameOf, ROUTES, routesOf } from '../routes.ts';
import { listed, rule, shown, without } from '../rule.ts';

const names = (gateway: Manifest): string[] => listAt(gateway, 'spec', 'listeners').map(nameOf);

/** The routes that use a listener. */
function usersOf(gateway: Manifest, listener: string, snapshot: Snapshot): string[] {
  return routesOf(gateway, snapshot)
    .filter((route) =>
      [...hostsOf(route), ...(hostsOf(route).length > 0 ? [] : [undefined])].some((host) =>
        listenersFor(gateway, route, host, snapshot).some((one) => nameOf(one) === listener),
      ),
    )
    .map(label);
}

const listenerGone = rule('SLP-listener-gone', {
  severity: 'danger',
  about: 'A listener of a Gateway is removed or renamed: the routes on it are no longer reached',
  kinds: LISTENERS,
  changed: (before, after, context) =>
    without(names(before), names(after)).flatMap((name) => {
      const used = usersOf(before, name, context.before);
      // Routes that move to another listener in the same commit are not lost.
      const moved = used.filter((user) => {
        const route = routesOf(after, context.after).find((one) => label(one) === user);
        return route && hostsOf(route).every((host) => listenersFor(after, route, host, context.after).length > 0);
      });
      const lost = without(used, moved);
      return used.length > 0 && lost.length === 0
        ? []
        : [
            {
              path: `spec.listeners[${name}]`,
              says: `${label(after)} has no listener ${name} any more${lost.length > 0 ? `: ${listed(lost)} ${lost.length === 1 ? 'is' : 'are'} no longer reached by it` : ', which no route of this cluster uses'}`,
              instead: 'move the routes to another listener first',
            },
          ];
    }),
});

const routeDetached = rule('SLP-route-detached', {
  severity: 'danger',
  about: 'A listener no longer serves the host or the namespace of a route on it',
  kinds: LISTENERS,
  changed: (before, after, context) =>
    routesOf(after, context.after).flatMap((route) =>
      [...hostsOf(route), ...(hostsOf(route).length > 0 ? [] : [undefined])].flatMap((host) => {
        const kept = new Set(names(after));
        const old = listenersFor(before, route, host, context.before).filter((one) => kept.has(nameOf(one)));
        return old.length > 0 && listenersFor(after, route, host, context.after).length === 0
          ? [
              {
                path: `spec.listeners[${nameOf(old[0])}]`,
                says: `${label(after)} no longer serves ${host ?? 'any host'} of ${label(route)}: the host name or the namespaces of its listener changed`,
                instead: 'change the listener and the route in the same commit',
              },
            ]
          : [];
      }),
    ),
});

const HOSTED = [...ROUTES, 'Ingress'];

/** Hosts that no route or Ingress of a cluster serves. */
function unserved(hosts: readonly string[], snapshot: Snapshot): string[] {
  const served = HOSTED.flatMap((kind) => snapshot.ofKind(kind)).flatMap(({ manifest }) => hostsOf(manifest));
  return hosts.filter((host) => !served.some((one) => coversHost(one, host)));
}

const hostRemoved = rule('SLP-host-removed', {
  severity: 'danger',
  about: 'A host name goes that no other route of the cluster serves',
  kinds: HOSTED,
  changed: (before, after, context) =>
    // A route without host names serves all of its listener.
    hostsOf(after).length === 0
      ? []
      : unserved(without(hostsOf(before), hostsOf(after)), context.after).map((host) => ({
          path: 'spec.hostnames',
          says: `${label(after)} no longer serves ${host}, and nothing else does`,
          instead: `redirect ${host} to ${hostsOf(after).join(' or ')} until nobody asks for it`,
        })),
  removed: (before, context) =>
    isKept(before, context)
      ? []
      : unserved(hostsOf(before), context.after).map((host) => ({
          path: 'spec.hostnames',
          says: `${label(before)} is deleted, and nothing else serves ${host}`,
          instead: 'check that nobody asks for it any more',
        })),
});

/** The shares of the backends of each rule, by what the rule matches. */
function sharesOf(route: Manifest): Map<string, Map<string, number>> {
  return new Map(
    listAt(route, 'spec', 'rules').map((one) => {
      const refs = listAt(one, 'backendRefs');
      const weights = refs.map((ref) => Number(at(ref, 'weight') ?? 1));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const key = (ref: unknown): string =>
        [textAt(ref, 'namespace'), textAt(ref, 'name'), at(ref, 'port')]
          .filter((part) => part !== undefined)
          .map(shown)
          .join('/');
      return [
        JSON.stringify(at(one, 'matches') ?? null),
        new Map(refs.map((ref, i) => [key(ref), total === 0 ? 0 : weights[i]! / total])),
      ];
    }),
  );
}

const percent = (shares: Map<string, number>): string =>
  [...shares].map(([name, share]) => `${name} ${Math.round(share * 100)} %`).join(', ');

const isOff = (shares: Map<string, number> | undefined): boolean =>
  shares !== undefined && shares.size > 0 && [...shares.values()].every((share) => share === 0);

const weights = rule('SLP-weights', {
  severity: 'warn',
  about: 'A route gives its backends other shares of the requests',
  kinds: ROUTES,
  changed: (before, after) => {
    const old = sharesOf(before);
    return [...sharesOf(after)].flatMap(([matches, now]) => {
      const one = old.get(matches);
      const moved = one && [...now].some(([name, share]) => one.has(name) && Math.abs(one.get(name)! - share) > 0.001);
      return moved && !isOff(now)
        ? [
            {
              path: 'spec.rules',
              says: `Requests of ${label(after)} go to ${percent(now)} instead of ${percent(one)}`,
              instead: 'check that the backend that gets more can carry it',
            },
          ]
        : [];
    });
  },
});

const noWeight = rule('SLP-weights-zero', {
  severity: 'danger',
  about: 'All backends of a route have the weight 0: it answers every request with an error',
  kinds: ROUTES,
  written: (before, after) => {
    const old = before ? sharesOf(before) : new Map<string, Map<string, number>>();
    return [...sharesOf(after)]
      .filter(([matches, now]) => isOff(now) && !isOff(old.get(matches)))
      .map(([matches, now]) => ({
        path: 'spec.rules',
        says: `${label(after)} sends no request that matches ${shown(matches)} to anything: ${[...now.keys()].join(' and ')} have the weight 0`,
        instead: 'give one backend a weight, or remove the rule',
      }));
  },
});

/** Gateways and routes. */
export const GATEWAYS = [listenerGone, routeDetached, hostRemoved, weights, noWeight];
