import { label, listAt, textAt } from '../../charts/lib/manifest.ts';
import { mapAt, textsAt } from '../lib/cluster-objects.ts';
import { rulesOf } from '../lib/rules.ts';
import { monitoringObjects } from '../lib/scrapes.ts';
import { invariant } from './invariant.ts';

/** Labels of an alert that its rule says; others follow from its expression. */
type Labels = Readonly<Record<string, string>>;

/** One that can never apply tells people twice, and nobody sees that it does nothing. */
export const inhibitionsApply = invariant('every inhibition can mute an alert of the cluster by another', (cluster) => {
  const alerts = rulesOf(cluster).flatMap(({ rule }): Labels[] => {
    const alertname = textAt(rule, 'alert');
    return alertname === undefined ? [] : [{ alertname, ...mapAt(rule, 'labels') }];
  });
  return monitoringObjects(cluster, 'AlertmanagerConfig').flatMap((config) =>
    listAt(config, 'spec', 'inhibitRules').flatMap((inhibition) => {
      const sources = alerts.filter((alert) => meets(alert, listAt(inhibition, 'sourceMatch')));
      const targets = alerts.filter((alert) => meets(alert, listAt(inhibition, 'targetMatch')));
      const equal = textsAt(inhibition, 'equal');
      const apply = sources.some((source) =>
        targets.some((target) => source !== target && agree(source, target, equal)),
      );
      return apply
        ? []
        : [
            `${label(config)} mutes ${shown(inhibition, 'targetMatch')} by ${shown(inhibition, 'sourceMatch')}, which no two alerts are`,
          ];
    }),
  );
});

/** True unless the rule of an alert says otherwise. */
function meets(alert: Labels, matchers: readonly unknown[]): boolean {
  return matchers.every((matcher) => {
    const value = alert[textAt(matcher, 'name') ?? ''];
    const wanted = textAt(matcher, 'value') ?? '';
    if (value === undefined) return true;
    return textAt(matcher, 'matchType') === '=~' ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
  });
}

/** True unless the rules of two alerts say different values of a label that must be equal. */
function agree(one: Labels, other: Labels, equal: readonly string[]): boolean {
  return equal.every((name) => one[name] === undefined || other[name] === undefined || one[name] === other[name]);
}

function shown(inhibition: unknown, side: string): string {
  const matchers = listAt(inhibition, side);
  return matchers.map((one) => `${textAt(one, 'name')}${textAt(one, 'matchType')}${textAt(one, 'value')}`).join(', ');
}
