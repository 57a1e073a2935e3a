import type { k8s } from 'cdk8s-plus-28';
import { Fault } from '../fault.ts';
import type { UpstreamKind, UpstreamWebhook } from './facts.ts';

type Rule = UpstreamWebhook['rules'][number];

/** Operations that a webhook is not called for here. */
export interface WebhookRemoval {
  readonly operations: readonly string[];
  readonly because: string;
}

/**
 * The rules of a webhook, by group, without some operations. Its wildcards are replaced by the kinds that the
 * definitions bring, since the order reads from the rules which kinds need the webhook.
 *
 * @throws Fault if a removal removes nothing
 */
export function webhookRules(
  rules: readonly Rule[],
  kinds: readonly UpstreamKind[],
  removals: readonly WebhookRemoval[],
): k8s.RuleWithOperations[] {
  for (const { operations, because } of removals) {
    const idle = operations.find((operation) => !rules.some((rule) => rule.operations.includes(operation)));
    if (idle)
      throw new Fault({
        what: `a webhook is never called for ${idle}, which is removed from it`,
        where: `the difference "${because}"`,
        fix: 'remove this difference: upstream has changed',
      });
  }
  const removed = new Set(removals.flatMap(({ operations }) => operations));
  return rules.flatMap((rule) =>
    rule.apiGroups.map((group) => ({
      apiGroups: [group],
      apiVersions: rule.apiVersions.slice(),
      operations: rule.operations.filter((operation) => !removed.has(operation)),
      resources: rule.resources.flatMap((resource) => expanded(resource, group, kinds)),
      ...(rule.scope !== undefined && { scope: rule.scope }),
    })),
  );
}

function expanded(resource: string, group: string, kinds: readonly UpstreamKind[]): string[] {
  if (!resource.includes('*')) return [resource];
  return kinds
    .flatMap(({ group: own, resource: name, status }) => {
      if (own !== group) return [];
      return resource === '*/*' && status ? [name, `${name}/status`] : [name];
    })
    .sort();
}
