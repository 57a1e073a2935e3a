import { at, label, type Manifest } from '../../../lib/manifest.ts';
import { selectsLabels } from '../../../lib/selector.ts';
import type { Snapshot } from '../../change.ts';
import { isKept } from '../kept.ts';
import { type Pods, podsIn, podsInNamespace } from '../pods.ts';
import { listed, rule, shown } from '../rule.ts';
import { leastReplicas, REPLICATED, SCALERS, scalerOf } from '../scaling.ts';

/** The workloads whose pods a budget counts. */
function budgeted(budget: Manifest, snapshot: Snapshot): Pods[] {
  const selector = at(budget, 'spec', 'selector');
  return podsInNamespace(snapshot, budget.metadata.namespace).filter(({ labels }) => selectsLabels(selector, labels));
}

/** The pods that a percentage or a number stands for; Kubernetes rounds up. */
function share(value: unknown, of: number): number {
  return typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((of * Number(value.slice(0, -1))) / 100)
    : Number(value);
}

/** How many of the pods a budget lets a drain stop; undefined if the replicas are not known. */
function allowed(budget: Manifest, snapshot: Snapshot): number | undefined {
  const { maxUnavailable: max, minAvailable: min } = (budget['spec'] ?? {}) as Record<string, unknown>;
  const counts = budgeted(budget, snapshot).map(({ workload }) => leastReplicas(workload, snapshot));
  if (max !== undefined && share(max, 100) === 0) return 0;
  if (counts.length === 0 || counts.some((count) => count === undefined)) return undefined;
  const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return max === undefined ? total - share(min ?? 1, total) : share(max, total);
}

function limit(budget: Manifest): string {
  const { maxUnavailable: max, minAvailable: min } = (budget['spec'] ?? {}) as Record<string, unknown>;
  return max === undefined ? `minAvailable ${shown(min ?? 1)}` : `maxUnavailable ${shown(max)}`;
}

const budgetsOf = (snapshot: Snapshot): Manifest[] =>
  snapshot.ofKind('PodDisruptionBudget').map(({ manifest }) => manifest);

const blocksDrains = rule('SLP-drain-blocked', {
  severity: 'danger',
  about: 'A PodDisruptionBudget lets no pod be evicted: drains and upgrades of nodes hang',
  kinds: ['PodDisruptionBudget', ...REPLICATED, ...SCALERS],
  written: (before, after, { before: old, after: now }) => {
    const own = after.kind === 'PodDisruptionBudget';
    const isBeside = ({ metadata }: Manifest): boolean => metadata.namespace === after.metadata.namespace;
    const budgets = own ? [after] : budgetsOf(now).filter(isBeside);
    return budgets.flatMap((budget) => {
      const pods = budgeted(budget, now);
      const concerned = own || pods.some(({ workload }) => workload === after || scalerOf(workload, now) === after);
      const earlier = own ? before : budgetsOf(old).find((one) => label(one) === label(budget));
      const changedItself = !own && JSON.stringify(earlier) !== JSON.stringify(budget);
      const left = concerned && !changedItself ? allowed(budget, now) : undefined;
      const running = pods.some(({ workload }) => leastReplicas(workload, now) !== 0);
      if (left === undefined || left > 0 || !running) return [];
      if (earlier && (allowed(earlier, old) ?? 1) <= 0) return [];
      return [
        {
          path: own ? 'spec' : 'spec.replicas',
          says: `${label(budget)} (${limit(budget)}) lets no pod of ${listed(pods.map((one) => one.label))} be evicted: drains of their nodes hang`,
          instead: 'set maxUnavailable to 1',
        },
      ];
    });
  },
});

/** Workloads that a budget counted, that still run more than one pod, and that no budget counts any more. */
function unprotected(budget: Manifest, before: Snapshot, after: Snapshot): string[] {
  const still = new Map(podsIn(after).map((pods) => [pods.label, pods]));
  const covered = new Set(budgetsOf(after).flatMap((one) => budgeted(one, after).map(({ label: name }) => name)));
  return budgeted(budget, before)
    .map(({ label: name }) => name)
    .filter((name) => {
      const pods = still.get(name);
      return pods && !covered.has(name) && (leastReplicas(pods.workload, after) ?? 2) > 1;
    });
}

const removed = rule('SLP-budget-removed', {
  severity: 'danger',
  about: 'A PodDisruptionBudget goes, or no longer selects pods that still run: a drain may stop all of them at once',
  kinds: ['PodDisruptionBudget'],
  removed: (before, context) => {
    const pods = unprotected(before, context.before, context.after);
    return pods.length > 0 && !isKept(before, context)
      ? [
          {
            says: `Without ${label(before)} a drain may stop all pods of ${listed(pods)} at once`,
            instead: 'keep a budget for every workload with more than one pod',
          },
        ]
      : [];
  },
  changed: (before, after, context) => {
    const pods = unprotected(before, context.before, context.after);
    return pods.length > 0
      ? [
          {
            path: 'spec.selector',
            says: `${label(after)} no longer counts the pods of ${listed(pods)}: a drain may stop all of them at once`,
            instead: 'select the labels that these pods have',
          },
        ]
      : [];
  },
});

const looser = rule('SLP-budget-looser', {
  severity: 'warn',
  about: 'A PodDisruptionBudget lets drains stop more pods at once',
  kinds: ['PodDisruptionBudget'],
  changed: (before, after, context) => {
    // Measured at the same pods, so that only the budget counts.
    const [old, now] = [allowed(before, context.after), allowed(after, context.after)];
    return old !== undefined && now !== undefined && now > old
      ? [
          {
            path: 'spec',
            says: `${label(after)} lets drains stop ${now} pods at once instead of ${old}: ${limit(before)} → ${limit(after)}`,
            instead: 'keep the pods that carry the load out of it',
          },
        ]
      : [];
  },
});

/** Budgets of disruptions. */
export const BUDGETS = [blocksDrains, removed, looser];
