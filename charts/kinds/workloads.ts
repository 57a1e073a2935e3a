import { at, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { JOB, SELECTOR, STATEFUL_SET } from './immutable.ts';
import { builtIn, capability, type Need } from './kind.ts';

/**
 * Names of the claims that a StatefulSet has of one of its templates (kubernetes, pkg/controller/statefulset,
 * `getPersistentVolumeClaimName`).
 */
export function claimNames(set: Manifest, template: string): string[] {
  const first = Number(at(set, 'spec', 'ordinals', 'start') ?? 0);
  const replicas = Number(at(set, 'spec', 'replicas') ?? 1);
  return Array.from({ length: replicas }, (_, i) => `${template}-${set.metadata.name}-${first + i}`);
}

/** The claims that a StatefulSet adopts, if they are rendered; if not, it creates them. */
export function adoptedClaims(set: Manifest): Need[] {
  return listAt(set, 'spec', 'volumeClaimTemplates').flatMap((template, i) =>
    claimNames(set, textAt(template, 'metadata', 'name') ?? '').map((name) => ({
      wants: objectIdentity('', 'PersistentVolumeClaim', set.metadata.namespace, name),
      says: `PersistentVolumeClaim ${name}, which it adopts`,
      path: `spec.volumeClaimTemplates[${i}]`,
      when: 'ifAny' as const,
    })),
  );
}

/** The resource metrics API, for an autoscaler on CPU or memory; CPU is the default metric. */
function resourceMetrics(manifest: Manifest): Need[] {
  const metrics = listAt(manifest, 'spec', 'metrics').map((metric) => textAt(metric, 'type') ?? '');
  const says = 'the resource metrics API (metrics.k8s.io)';
  const asked = metrics.length === 0 || metrics.some((type) => ['Resource', 'ContainerResource'].includes(type));
  return asked ? [{ wants: capability.api('metrics.k8s.io'), says, path: 'spec.metrics', when: 'before' }] : [];
}

/**
 * Health check: an autoscaler that has no metrics yet keeps the current replicas, as every new one does. Argo CD's
 * built-in check reports that as Degraded and fails the sync.
 */
const AUTOSCALER_HEALTH = `local status = obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "AbleToScale" and condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
return { status = "Healthy", message = "" }
`;

/** Workloads, autoscalers and disruption budgets: the groups apps, batch, autoscaling and policy. */
export const workloads = [
  builtIn('apps', 'DaemonSet', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    immutable: SELECTOR,
  }),
  builtIn('apps', 'Deployment', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    immutable: SELECTOR,
  }),
  builtIn('apps', 'ReplicaSet', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    immutable: SELECTOR,
  }),
  builtIn('apps', 'StatefulSet', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    volumeClaims: 'spec.volumeClaimTemplates[]',
    references: { 'spec.serviceName': 'Service' },
    needs: adoptedClaims,
    immutable: STATEFUL_SET,
  }),
  builtIn('batch', 'CronJob', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.jobTemplate.spec.template',
  }),
  builtIn('batch', 'Job', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    immutable: JOB,
  }),
  builtIn('autoscaling', 'HorizontalPodAutoscaler', {
    versions: ['v2'],
    scope: 'namespaced',
    offers: 'once healthy',
    references: {
      'spec.scaleTargetRef': { to: 'apps/Deployment', existing: true },
      'spec.metrics[].object.describedObject': 'Service',
    },
    scales: 'spec.scaleTargetRef',
    needs: resourceMetrics,
    health: AUTOSCALER_HEALTH,
  }),
  builtIn('policy', 'PodDisruptionBudget', { scope: 'namespaced', offers: 'once healthy' }),
];
