import type {
  UpstreamKind,
  UpstreamRole,
  UpstreamRule,
  UpstreamVersion,
  UpstreamWebhook,
} from '../../charts/upstream/facts.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';
const PEOPLE = ['view', 'edit', 'admin'];

/** What is a fact in a project's objects: its rights, what its webhooks review, and its kinds. Sorted, without text. */
export function reduced(objects: readonly Manifest[]): Omit<UpstreamVersion, 'sources'> {
  return {
    roles: byName(objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role').map(roleOf)),
    webhooks: byName(objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration')).flatMap(webhooksOf)),
    kinds: byName(
      objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(kindOf),
      (kind) => `${kind.group}/${kind.resource}`,
    ),
  };
}

function roleOf(role: Manifest): UpstreamRole {
  const labels = role.metadata.labels ?? {};
  const aggregatedTo = PEOPLE.filter((name) => labels[`${AGGREGATE}${name}`] === 'true');
  return {
    kind: role.kind,
    name: role.metadata.name,
    ...(aggregatedTo.length > 0 && { aggregatedTo }),
    rules: listAt(role, 'rules').map(ruleOf),
  };
}

function ruleOf(rule: unknown): UpstreamRule {
  const list = (key: string): Record<string, string[]> => {
    const values = textsAt(rule, key);
    return values.length > 0 ? { [key]: values } : {};
  };
  return {
    ...list('apiGroups'),
    ...list('resources'),
    ...list('resourceNames'),
    ...list('nonResourceURLs'),
    verbs: textsAt(rule, 'verbs'),
  };
}

function webhooksOf(configuration: Manifest): UpstreamWebhook[] {
  return listAt(configuration, 'webhooks').map((webhook) => ({
    configuration: configuration.kind,
    name: textAt(webhook, 'name') ?? '',
    rules: listAt(webhook, 'rules').map((rule) => {
      const scope = textAt(rule, 'scope');
      return {
        apiGroups: textsAt(rule, 'apiGroups'),
        apiVersions: textsAt(rule, 'apiVersions'),
        operations: textsAt(rule, 'operations'),
        resources: textsAt(rule, 'resources'),
        ...(scope !== undefined && { scope }),
      };
    }),
  }));
}

function kindOf(definition: Manifest): UpstreamKind {
  const versions = listAt(definition, 'spec', 'versions').filter((version) => at(version, 'served') === true);
  return {
    group: textAt(definition, 'spec', 'group') ?? '',
    kind: textAt(definition, 'spec', 'names', 'kind') ?? '',
    resource: textAt(definition, 'spec', 'names', 'plural') ?? '',
    scope: textAt(definition, 'spec', 'scope') ?? '',
    versions: versions.map((version) => textAt(version, 'name') ?? ''),
    status: versions.some((version) => at(version, 'subresources', 'status') !== undefined),
  };
}

function textsAt(value: unknown, key: string): string[] {
  return listAt(value, key).map(String);
}

function byName<T>(items: readonly T[], key = (item: T) => String(at(item, 'name'))): T[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
