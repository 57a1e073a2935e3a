import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { Component } from '../component.ts';
import type { Alert, RuleGroup } from './rule.ts';

type Groups = NonNullable<NonNullable<IPrometheusRule['spec']>['groups']>;

/**
 * Adds rules as a PrometheusRule.
 *
 * @param home the component whose folder has it
 * @param name of the component whose rules they are
 * @param runbook returns the address of a page of `docs/runbooks`
 */
export function prometheusRule(
  home: Component,
  name: string,
  groups: readonly RuleGroup[],
  runbook: (page: string) => string,
): void {
  if (groups.length === 0) return;
  home.add<IPrometheusRule>({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name },
    spec: { groups: groups.map((group) => groupOf(group, runbook)) },
  });
}

function groupOf({ name, recordings = [], alerts = {} }: RuleGroup, runbook: (page: string) => string): Groups[number] {
  return {
    name,
    rules: [
      ...recordings.map(({ record, expr, labels }) => ({ record, expr, labels: labels && { ...labels } })),
      ...Object.entries(alerts).map(([alert, one]) => ({ alert, ...ruleOf(one, runbook) })),
    ],
  };
}

function ruleOf(
  { expr, for: holds, severity, summary, impact, runbook: page }: Alert,
  runbook: (page: string) => string,
) {
  return {
    expr,
    for: holds,
    labels: { severity },
    annotations: { summary, impact, runbook_url: runbook(page) },
  };
}
