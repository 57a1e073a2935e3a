import { at, label, listAt, textAt } from '../../lib/manifest.ts';
import type { Placed, Snapshot } from '../../plan/change.ts';
import { hostsOf, LISTENERS, nameOf, parentsOf, ROUTES } from '../../plan/rules/routes.ts';
import type { ClusterOverview } from './model.ts';

const place = ({ application, manifest }: Placed) => ({ application, object: label(manifest) });

const byObject = (one: { readonly object: string }, other: { readonly object: string }): number =>
  one.object < other.object ? -1 : 1;

/** The hosts that routes and Ingresses serve; those of its listeners, of a route that names none. */
export function hostsIn(snapshot: Snapshot): ClusterOverview['hosts'] {
  const routes = [...ROUTES, 'Ingress'].flatMap((kind) => snapshot.ofKind(kind));
  return routes
    .flatMap((route) => {
      const own = hostsOf(route.manifest);
      const hosts = own.length > 0 ? own : hostsOfListeners(route, snapshot);
      return [...new Set(hosts)].map((host) => ({ host, ...place(route) }));
    })
    .toSorted((one, other) => (one.host === other.host ? byObject(one, other) : one.host < other.host ? -1 : 1));
}

function hostsOfListeners({ manifest }: Placed, snapshot: Snapshot): string[] {
  const parents = parentsOf(manifest);
  return LISTENERS.flatMap((kind) => snapshot.ofKind(kind)).flatMap((parent) =>
    parents
      .filter(({ key }) => key === label(parent.manifest))
      .flatMap(({ section }) =>
        listAt(parent.manifest, 'spec', 'listeners')
          .filter((listener) => section === undefined || section === nameOf(listener))
          .flatMap((listener) => textAt(listener, 'hostname') ?? []),
      ),
  );
}

/** The Certificates that cert-manager keeps. */
export function certificatesIn(snapshot: Snapshot): ClusterOverview['certificates'] {
  return snapshot
    .ofKind('Certificate')
    .map((placed) => {
      const issuer = at(placed.manifest, 'spec', 'issuerRef');
      return {
        dnsNames: listAt(placed.manifest, 'spec', 'dnsNames').map(String),
        issuer: `${textAt(issuer, 'kind') ?? 'Issuer'} ${textAt(issuer, 'name') ?? ''}`,
        ...place(placed),
      };
    })
    .toSorted(byObject);
}

/** What runs by the clock: Velero's backups, and CronJobs. */
export function schedulesIn(snapshot: Snapshot): ClusterOverview['schedules'] {
  return ['CronJob', 'Schedule']
    .flatMap((kind) => snapshot.ofKind(kind))
    .map((placed) => {
      const spec = placed.manifest['spec'];
      const [timeZone, ttl] = [textAt(spec, 'timeZone'), textAt(spec, 'template', 'ttl')];
      return {
        cron: textAt(spec, 'schedule') ?? '',
        ...(timeZone !== undefined && { timeZone }),
        ...(ttl !== undefined && { ttl }),
        suspended: at(spec, 'suspend') === true || at(spec, 'paused') === true,
        ...place(placed),
      };
    })
    .toSorted(byObject);
}
