import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { Component } from '../component.ts';
import type { Alert, RuleGroup } from './rule.ts';

type Groups = NonNullable<NonNullable<IPrometheusRule['spec']>['groups']>;

/**
 * Adds rules as a PrometheusRule.
 *
 * @param home the component whose folder has it
 * @param owner the component whose rules they are
 * @param runbook returns the address of a page of `docs/runbooks`
 */
export function prometheusRule(
  home: Component,
  owner: Pick<Component, 'name' | 'pods'>,
  groups: readonly RuleGroup[],
  runbook: (page: string) => string,
): void {
  if (groups.length === 0) return;
  home.add<IPrometheusRule>({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: owner.name },
    spec: { groups: groups.map((group) => groupOf(group, owner.pods.namespace, runbook)) },
  });
}

function groupOf(
  { name, recordings = [], alerts = {} }: RuleGroup,
  namespace: string,
  runbook: (page: string) => string,
): Groups[number] {
  return {
    name,
    rules: [
      ...recordings.map(({ record, expr, labels }) => ({ record, expr, labels: labels && { ...labels } })),
      ...Object.entries(alerts).map(([alert, one]) => ({ alert, ...ruleOf(one, namespace, runbook) })),
    ],
  };
}

function ruleOf(
  { expr, for: holds, severity, summary, impact, runbook: page, about }: Alert,
  namespace: string,
  runbook: (page: string) => string,
) {
  return {
    expr,
    for: holds,
    labels: { severity, ...(about === 'component' && { namespace }) },
    annotations: { summary, impact, runbook_url: runbook(page) },
  };
}
