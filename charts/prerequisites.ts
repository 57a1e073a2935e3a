import type { Cloud } from './cloud/cloud.ts';
import type { ClusterSettings } from './cluster-file.ts';
import type { ObjectStore } from './components/object-store/object-store.ts';
import { Fault, type Problem, throwIfAny } from './fault.ts';
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
  throw new Fault(missing(section, what));
}

/** A setting that does nothing without another one. */
function missing(setting: readonly string[], what: string): Problem {
  const name = setting.join('.');
  return {
    what: `${setting.length === 1 ? 'section ' : ''}"${name}" needs ${what}`,
    setting,
    fix: `add ${what}, or remove "${name}"`,
  };
}

const OF_PROMETHEUS = [
  'prometheusOperator',
  'alertmanager',
  'grafana',
  'nodeExporter',
  'kubeStateMetrics',
  'blackboxExporter',
] as const;

/** @throws Fault for each setting that is about monitoring, on a cluster without Prometheus: it would do nothing */
export function checkMonitored(settings: ClusterSettings): void {
  if (settings.prometheus) return;
  const useless = [
    ...OF_PROMETHEUS.filter((section) => settings[section]).map((section) => [section]),
    ...(Object.keys(settings.alerts).length > 0 ? [['alerts']] : []),
    ...Object.entries(settings.services).flatMap(([name, { slo }]) =>
      slo === undefined ? [] : [['services', name, 'slo']],
    ),
  ];
  throwIfAny(useless.map((setting) => missing(setting, 'the section "prometheus"')));
}

/** @throws Fault for settings of a Reloader that the cluster does not need */
export function checkReloader({ reloader }: ClusterSettings, readers: readonly string[]): void {
  if (!reloader || readers.length > 0) return;
  throw new Fault({
    what: 'section "reloader" has no effect: no pod of this cluster reads a Secret, so there is no Reloader',
    setting: ['reloader'],
    fix: 'remove "reloader"',
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
