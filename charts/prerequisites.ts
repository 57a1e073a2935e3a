import type { Cloud } from './cloud/cloud.ts';
import type { ClusterSettings } from './cluster-file.ts';
import type { ObjectStore } from './components/object-store/object-store.ts';
import { Fault } from './fault.ts';
import { capability } from './kinds/kind.ts';
import { isLocalhost } from './lib/host.ts';

// What the composition root asks of the sections together, each by itself being valid.

/** @throws Fault if people would have to reach a cluster with a public zone by a name that is their own machine's */
export function checkDomain(domain: string, { zone }: Cloud): void {
  if (!zone || !isLocalhost(domain)) return;
  throw new Fault({
    what: '"domain" is below localhost, which every machine resolves to itself',
    setting: ['domain'],
    seen: domain,
    fix: 'use the public zone of this cluster, or a domain below it; localhost is for a cluster without a zone',
  });
}

/** The object store of that name, or the only one. @throws Fault if there is none, or no name and several */
export function chosen(stores: ReadonlyMap<string, ObjectStore>, name: string | undefined): ObjectStore {
  const [only = '', ...others] = stores.keys();
  if (name !== undefined || others.length === 0)
    return required(stores.get(name ?? only), ['velero'], 'the section "objectStore"');
  throw new Fault({
    what: '"velero.objectStore" is missing, and there are several object stores',
    setting: ['velero'],
    fix: `set it to one of: ${[...stores.keys()].join(', ')}`,
  });
}

/** The setting chooses a store that nothing uses. */
export function storeWithoutEffect(seen: string): Fault {
  return new Fault({
    what: '"velero.objectStore" has no effect: the cloud stores the backups',
    setting: ['velero', 'objectStore'],
    seen: JSON.stringify(seen),
    fix: 'remove it',
  });
}

/** Two settings that name one component are reported before; here one of the names is the platform's. */
export function namedTwice(name: string, { services, manifests }: ClusterSettings): Fault {
  const [section] = Object.entries({ services, manifests }).flatMap(([key, named]) => (name in named ? [key] : []));
  return new Fault({
    what: `two components are named "${name}", one of them by the platform`,
    setting: section === undefined ? [] : [section, name],
    seen: name,
    fix: 'rename the entry or the instance that has this name',
  });
}

/** The given prerequisite of a section. @throws Fault if it is undefined */
export function required<T>(found: T | undefined, section: readonly string[], what: string): T {
  if (found !== undefined) return found;
  const name = section.join('.');
  throw new Fault({
    what: `${section.length === 1 ? 'section ' : ''}"${name}" needs ${what}`,
    setting: section,
    fix: `add ${what}, or remove "${name}"`,
  });
}

/** Refuses a section for what the cluster comes with: two controllers would undo each other's changes. */
export function checkMetricsApi(cloud: Cloud): void {
  if (!cloud.preinstalled.includes(capability.api('metrics.k8s.io'))) return;
  throw new Fault({
    what: 'section "metricsServer" provides the metrics API, which this cluster has before its first sync',
    setting: ['metricsServer'],
    fix: 'remove "metricsServer"',
  });
}
