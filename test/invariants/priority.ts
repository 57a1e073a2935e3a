import { at, type Manifest } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind } from '../lib/cluster-objects.ts';
import { workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Classes that every API server has. */
const SYSTEM: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** On a full cluster, what others depend on is scheduled first and evicted last. */
export const priorities = invariant('every workload has the priority of its tier or a higher one', (cluster) => {
  const values = valuesOf(cluster);
  const homes = new Map(cluster.objects.map(({ manifest, component }) => [manifest, component]));
  return workloadPods(cluster).flatMap(({ workload, spec, label }) => {
    const name = at(spec, 'priorityClassName');
    if (typeof name !== 'string') return [`${label} has no priority class`];
    const tier = tierOf(cluster, homes.get(workload) ?? '');
    const least = values.get(tier);
    const value = values.get(name);
    if (value === undefined || least === undefined) return [`${label} has the unknown priority class ${name}`];
    return value < least ? [`${label} has the priority class ${name}, below ${tier}, that of its tier`] : [];
  });
});

/** Pods without a class, as those of tenants, must stay below the platform: a default class would raise them. */
export const noDefault = invariant('no priority class is the default, and the platform has the highest', (cluster) => {
  const platform = valuesOf(cluster).get('platform') ?? 0;
  return ofKind(cluster, 'PriorityClass').flatMap(({ metadata: { name }, ...fields }) => [
    ...(fields['globalDefault'] === true ? [`PriorityClass ${name} is the default of all pods`] : []),
    ...(name !== 'platform' && Number(fields['value']) >= platform
      ? [`PriorityClass ${name} is as high as that of the platform`]
      : []),
  ]);
});

function valuesOf(cluster: ClusterObjects): Map<string, number> {
  const own = ofKind(cluster, 'PriorityClass').map(
    (one: Manifest) => [one.metadata.name, Number(one['value'])] as const,
  );
  return new Map([...Object.entries(SYSTEM), ...own]);
}

/** The tier, as the description of the component's AppProject says it. */
function tierOf(cluster: ClusterObjects, component: string): string {
  const project = ofKind(cluster, 'AppProject').find(({ metadata }) => metadata.name === component);
  return / of the (\w+) tier$/.exec(String(at(project, 'spec', 'description')))?.[1] ?? 'platform';
}
