import { identityOf, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** Resources whose objects come and go by themselves. */
const PASSING = new Set([
  'events',
  'leases',
  'endpoints',
  'endpointslices',
  'ipaddresses',
  'replicasets',
  'controllerrevisions',
  'pods',
]);

/** The uid of every object that the API server has, by its identity; without those that come and go by themselves. */
export async function everything(api: Api): Promise<Map<string, string>> {
  const groups = listAt(await api.get('/apis'), 'groups').map(
    (group) => `/apis/${textAt(group, 'preferredVersion', 'groupVersion')}`,
  );
  const uids = new Map<string, string>();
  for (const base of ['/api/v1', ...groups]) {
    for (const resource of listAt(await api.get(base), 'resources')) {
      const name = textAt(resource, 'name') ?? '';
      if (PASSING.has(name) || !listAt(resource, 'verbs').includes('list')) continue;
      // Metrics, for one, are no objects: they have no uid.
      for (const object of await api.list(`${base}/${name}`))
        if (textAt(object, 'metadata', 'uid')) uids.set(identityOf(object), object.metadata.uid);
    }
  }
  return uids;
}

/** Identities of objects of the first that the second does not have any more, sorted. */
export function gone(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before]
    .filter(([identity, uid]) => after.get(identity) !== uid)
    .map(([identity]) => identity)
    .toSorted();
}
