import { identityOf, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** Resources whose objects controllers create and delete on their own. */
const TRANSIENT = new Set([
  'events',
  'leases',
  'endpoints',
  'endpointslices',
  'ipaddresses',
  'replicasets',
  'controllerrevisions',
  'pods',
]);

/** The uids of all live objects by identity, except for transient ones. */
export async function everything(api: Api): Promise<Map<string, string>> {
  const groups = listAt(await api.get('/apis'), 'groups').map(
    (group) => `/apis/${textAt(group, 'preferredVersion', 'groupVersion')}`,
  );
  const uids = new Map<string, string>();
  for (const base of ['/api/v1', ...groups]) {
    for (const resource of listAt(await api.get(base), 'resources')) {
      const name = textAt(resource, 'name') ?? '';
      if (TRANSIENT.has(name) || !listAt(resource, 'verbs').includes('list')) continue;
      // Some, such as metrics, are not stored objects and have no uid.
      for (const object of await api.list(`${base}/${name}`))
        if (textAt(object, 'metadata', 'uid')) uids.set(identityOf(object), object.metadata.uid);
    }
  }
  return uids;
}

/** Sorted identities of objects that were deleted or recreated since. */
export function gone(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before]
    .filter(([identity, uid]) => after.get(identity) !== uid)
    .map(([identity]) => identity)
    .toSorted();
}
