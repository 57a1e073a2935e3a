import { at, groupOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { LISTENERS, ROUTES } from '../routes.ts';
import { listed, rule, without } from '../rule.ts';

/** Annotations of clouds by which a load balancer has private addresses only; a value, unless it says otherwise. */
const INTERNAL = /(azure-load-balancer-internal|aws-load-balancer-(internal|scheme)|load-balancer-type)$/;

function isInternal(annotations: object | undefined): boolean {
  return Object.entries(annotations ?? {}).some(
    ([key, value]) => INTERNAL.test(key) && /^(true|internal|yes|0\.0\.0\.0\/0)$/i.test(String(value)),
  );
}

const typeOf = (service: Manifest): string => textAt(service, 'spec', 'type') ?? 'ClusterIP';

/** Who reaches a Service from outside the cluster; nothing if nobody. */
function reach(service: Manifest): string | undefined {
  if (typeOf(service) === 'NodePort') return 'on a port of every node';
  if (typeOf(service) !== 'LoadBalancer') return undefined;
  return isInternal(service.metadata.annotations) ? 'from the private network of the cloud' : 'from the Internet';
}

const published = rule('SLP-service-public', {
  severity: 'danger',
  about: 'A Service is reached from outside the cluster: by a load balancer or a port of every node',
  kinds: ['Service'],
  written: (before, after) => {
    const [old, now] = [before && reach(before), reach(after)];
    const sameType = before && typeOf(before) === typeOf(after);
    return now !== undefined && !sameType && now !== old
      ? [
          {
            path: 'spec.type',
            says: `${label(after)} is reached ${now}: it is a ${typeOf(after)}${before ? ` and was a ${typeOf(before)}` : ''}`,
            instead: 'keep ClusterIP, and give it a route on the gateway',
          },
        ]
      : [];
  },
});

const sources = (service: Manifest): string[] => listAt(service, 'spec', 'loadBalancerSourceRanges').map(String);
const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

const opened = rule('SLP-load-balancer-opened', {
  severity: 'danger',
  about: 'A load balancer is opened: it is no longer internal, or accepts further or all addresses',
  kinds: ['Service'],
  changed: (before, after) => {
    if (typeOf(after) !== 'LoadBalancer' || typeOf(before) !== 'LoadBalancer') return [];
    const all = (one: Manifest): boolean =>
      sources(one).length === 0 || sources(one).some((range) => EVERYWHERE.has(range));
    const more = all(before) ? [] : all(after) ? ['every address'] : without(sources(after), sources(before));
    return [
      ...(more.length > 0
        ? [
            {
              path: 'spec.loadBalancerSourceRanges',
              says: `${label(after)} accepts ${listed(more)}, and accepted only ${listed(sources(before))}`,
              instead: 'name the ranges that need it',
            },
          ]
        : []),
      ...(isInternal(before.metadata.annotations) && !isInternal(after.metadata.annotations)
        ? [
            {
              path: 'metadata.annotations',
              says: `${label(after)} gets a public address: the annotation that kept its load balancer internal is gone`,
              instead: 'keep the annotation',
            },
          ]
        : []),
    ];
  },
});

/** A Gateway that a route refers to. */
interface Entrance {
  readonly name: string;
  readonly gateway: Manifest | undefined;
}

function entrances(route: Manifest, snapshot: Snapshot): Entrance[] {
  return listAt(route, 'spec', 'parentRefs')
    .filter((ref) => LISTENERS.includes(textAt(ref, 'kind') ?? 'Gateway'))
    .map((ref) => {
      const [kind, namespace] = [
        textAt(ref, 'kind') ?? 'Gateway',
        textAt(ref, 'namespace') ?? route.metadata.namespace,
      ];
      const name = `${kind} ${namespace}/${textAt(ref, 'name')}`;
      const gateway = snapshot.ofKind(kind).find(({ manifest }) => label(manifest) === name)?.manifest;
      return { name, gateway };
    });
}

/** True if a Gateway says that it is for a private network: by its load balancer's annotations, or its name. */
function isPrivate({ name, gateway }: Entrance): boolean {
  const annotations = [
    gateway?.metadata.annotations,
    at(gateway, 'spec', 'infrastructure', 'annotations') as object | undefined,
  ];
  return (
    annotations.some(isInternal) ||
    /\b(internal|intern|private|intranet)\b/.test(`${name} ${textAt(gateway, 'spec', 'gatewayClassName') ?? ''}`)
  );
}

const publicRoute = rule('SLP-route-public', {
  severity: 'danger',
  about: 'A route moves from an internal Gateway to a public one',
  kinds: ROUTES,
  changed: (before, after, context) => {
    if (groupOf(after) !== 'gateway.networking.k8s.io') return [];
    const [old, now] = [entrances(before, context.before), entrances(after, context.after)];
    if (old.length === 0 || !old.every(isPrivate)) return [];
    return now
      .filter((one) => !isPrivate(one))
      .map(({ name }) => ({
        path: 'spec.parentRefs',
        says: `${label(after)} is reached through ${name}, which is public, and was only through ${listed(old.map((one) => one.name))}`,
        instead: 'keep it on the internal gateway, or check that it asks for a login',
      }));
  },
});

/** What is reached from outside. */
export const EXPOSURE = [published, opened, publicRoute];
