import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import type { z } from 'zod';
import { type alertmanagerSettings, NOBODY, SEVERITIES_TOLD } from './settings.ts';

type Spec = NonNullable<IAlertmanagerConfig['spec']>;
type Settings = Pick<z.output<typeof alertmanagerSettings>, 'critical' | 'warning' | 'watchdog' | 'teams'>;

/** Name of the alert that always fires; what gets it notices when it ends. */
const WATCHDOG = 'Watchdog';

export const is = (name: string, value: string) => ({ name, value, matchType: '=' as const });
export const isOneOf = (name: string, values: readonly string[]) => ({
  name,
  value: values.join('|'),
  matchType: '=~' as const,
});

/** Who is told of which alerts: the watchdog first, then what belongs to a team, then everything by its severity. */
export function routes({ critical, warning, watchdog, teams }: Settings): NonNullable<Spec['route']> {
  return {
    receiver: NOBODY,
    groupBy: ['alertname', 'namespace'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '12h',
    routes: [
      {
        receiver: watchdog ?? NOBODY,
        matchers: [is('alertname', WATCHDOG)],
        groupWait: '0s',
        groupInterval: '1m',
        repeatInterval: '5m',
      },
      ...Object.values(teams).flatMap(({ namespaces, ...to }) => bySeverity(to, isOneOf('namespace', namespaces))),
      ...bySeverity({ critical, warning }),
    ],
  };
}

/** Routes of severities that have a receiver; a team's without one is everybody's. */
function bySeverity(
  to: { readonly critical?: string; readonly warning?: string },
  ...matchers: readonly ReturnType<typeof isOneOf>[]
) {
  return SEVERITIES_TOLD.flatMap((severity) => {
    const receiver = to[severity];
    return receiver === undefined ? [] : [{ receiver, matchers: [...matchers, is('severity', severity)] }];
  });
}
