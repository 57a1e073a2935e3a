import { at, label, type Manifest } from '../../../lib/manifest.ts';
import { type Context, rule, type Said } from '../rule.ts';
import { REPLICATED, replicasIgnored, replicasOf, scalerOf, SCALERS } from '../scaling.ts';

const hasReplicas = (one: Manifest): boolean => at(one, 'spec', 'replicas') !== undefined;

/** The autoscaler whose replicas Argo CD sets back to those in Git. */
function fought(
  workload: Manifest,
  { after, application }: Pick<Context, 'after' | 'application'>,
): Manifest | undefined {
  if (!hasReplicas(workload) || replicasIgnored(workload, application, after)) return undefined;
  return scalerOf(workload, after);
}

function fight(workload: Manifest, scaler: Manifest): Said {
  return {
    path: 'spec.replicas',
    says: `${label(workload)} has replicas ${replicasOf(workload)} in Git and ${label(scaler)} sets its own (it fights the HPA): each sync sets back what the load needs`,
    instead: 'leave replicas out, or ignore /spec/replicas in its Application with RespectIgnoreDifferences=true',
  };
}

const fights = rule('SLP-autoscaler-fight', {
  severity: 'warn',
  about: 'An autoscaler and the replicas in Git contradict each other',
  kinds: [...REPLICATED, ...SCALERS],
  written: (before, after, context) => {
    if (!SCALERS.includes(after.kind)) {
      const scaler = fought(after, context);
      const known = before && hasReplicas(before) && scalerOf(before, context.before) !== undefined;
      return scaler && !known ? [fight(after, scaler)] : [];
    }
    if (before) return [];
    // A new autoscaler of a workload that stays as it is.
    return REPLICATED.flatMap((kind) => context.after.ofKind(kind)).flatMap(({ manifest, application }) => {
      const same =
        JSON.stringify(
          context.before.ofKind(manifest.kind).find((one) => label(one.manifest) === label(manifest))?.manifest,
        ) === JSON.stringify(manifest);
      const scaler = same ? fought(manifest, { after: context.after, application }) : undefined;
      return scaler && label(scaler) === label(after) ? [fight(manifest, scaler)] : [];
    });
  },
});

const handedOver = rule('SLP-replicas-left-out', {
  severity: 'info',
  about: 'The replicas are left to an autoscaler',
  kinds: REPLICATED,
  changed: (before, after, context) => {
    const scaler = scalerOf(after, context.after);
    return scaler && hasReplicas(before) && !hasReplicas(after)
      ? [
          {
            path: 'spec.replicas',
            says: `${label(scaler)} alone decides on the replicas of ${label(after)}; if it has not yet, they are 1 until it does`,
            instead: 'make the change while the load is low',
          },
        ]
      : [];
  },
});

/** Autoscalers and Git. */
export const SCALING = [fights, handedOver];
