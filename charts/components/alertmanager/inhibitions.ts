import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import type { Alerts } from '../../rules/rule.ts';
import { is, isOneOf } from './routes.ts';

type InhibitRules = NonNullable<NonNullable<IAlertmanagerConfig['spec']>['inhibitRules']>;

/** What need not be said while another alert says it: the `mutedBy` of alerts, as far as the cluster has both. */
export function inhibitions(alerts: Alerts): InhibitRules {
  const targets = new Map<string, { source: string; equal: readonly string[]; muted: string[] }>();
  for (const [name, { mutedBy = {} }] of Object.entries(alerts))
    for (const [source, equal] of Object.entries(mutedBy).filter(([one]) => one in alerts)) {
      const key = [source, ...equal].join(' ');
      const muted = targets.get(key)?.muted ?? [];
      targets.set(key, { source, equal, muted: [...muted, name] });
    }
  return [...targets.values()].map(({ source, equal, muted }) => ({
    sourceMatch: [is('alertname', source)],
    targetMatch: [isOneOf('alertname', muted)],
    equal: equal.length > 0 ? equal.slice() : undefined,
  }));
}
