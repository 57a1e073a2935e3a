import { need } from './command.ts';

/** The object id of whoever signs in. */
export const USER = '00000000-0000-4000-8000-0000000000a1';

/** A subscription with nothing in it, and its directory. */
export class Azure {
  readonly tenant = '00000000-0000-4000-8000-0000000000a2';
  readonly subscription = '00000000-0000-4000-8000-0000000000a3';
  /** The groups that the token has; undefined if nobody is signed in. */
  token: ReadonlySet<string> | undefined;
  readonly groups = new Map<string, { readonly id: string; readonly members: Set<string> }>();
  /** Object ids of the directory: people and identities. */
  readonly principals = new Set([USER]);
  readonly namespaces = new Set<string>();
  /** A feature is in force once its namespace is registered again. */
  readonly features = new Map<string, 'Registering' | 'Registered' | 'in force'>();
  readonly vaults = new Map<string, Map<string, string>>();
  readonly clusters = new Set<string>();
  readonly budgets: unknown[] = [];
  /** Actions that whoever is signed in may not ask for. */
  readonly denied = new Set<string>();
  /** Whether the sign-in has expired, which az does not know of itself. */
  expired = false;
  /** Resources of the subscription, by type and name. */
  readonly resources = new Set<string>();
  /** Names that others have, of any type. */
  readonly taken = new Set<string>();
  /** Vaults that were deleted, by their names, with their regions. */
  readonly deletedVaults = new Map<string, string>();
  /** Roles of whoever is signed in, with their conditions. */
  readonly roles = new Map<string, string | null>([['Owner', null]]);
  /** CPUs by family: used ones, and the quota. */
  readonly cpus = new Map<string, [used: number, limit: number]>([
    ['cores', [0, 100]],
    ['standardDASv5Family', [0, 100]],
  ]);
  sizes = [sizeOf('Standard_D2as_v5', '2'), sizeOf('Standard_D4as_v5', '4')];
  versions = [
    versionOf('1.34', ['KubernetesOfficial', 'AKSLongTermSupport']),
    versionOf('1.35', ['KubernetesOfficial']),
  ];

  signedIn(): void {
    need(this.token, "Please run 'az login' to setup account.");
  }

  make(type: string, name: string): void {
    need(!this.taken.has(name), `AlreadyExists: ${name}`);
    this.resources.add(`${type} ${name}`);
  }

  /** Refuses what whoever is signed in may not ask for. */
  allow(action: string): void {
    if (action.startsWith('Microsoft.'))
      need(
        !this.denied.has(action),
        `(AuthorizationFailed) The client 'somebody' with object id '${USER}' does not have authorization to perform action '${action}' over scope '/subscriptions/${this.subscription}' or the scope is invalid.`,
      );
    need(!this.denied.has(action), 'Insufficient privileges to complete the operation.');
  }

  /** A group by its name or its id. */
  groupOf(asked: string): [name: string, group: { readonly id: string; readonly members: Set<string> }] {
    const found = [...this.groups].find(([name, { id }]) => asked === name || asked === id);
    need(found, `Resource '${asked}' does not exist or one of its queried reference-property objects are not present.`);
    return found;
  }

  group(name: string): { readonly id: string; readonly members: Set<string> } {
    const group = this.groups.get(name);
    need(group, `No group matches the name of '${name}'`, 3);
    return group;
  }
}

/** A size of virtual machines, as `az vm list-skus` has it. */
export interface Size {
  name: string;
  family: string;
  capabilities: { name: string; value: string }[];
  locationInfo: { location: string; zones: string[] }[];
  restrictions: {
    type: string;
    reasonCode: string;
    restrictionInfo: { locations: string[]; zones: string[] | null };
  }[];
}

function sizeOf(name: string, cpus: string): Size {
  return {
    name,
    family: 'standardDASv5Family',
    capabilities: [
      { name: 'vCPUs', value: cpus },
      { name: 'EncryptionAtHostSupported', value: 'True' },
    ],
    locationInfo: [{ location: 'westeurope', zones: ['3', '1', '2'] }],
    restrictions: [],
  };
}

/** A version, as `az aks get-versions` has it. */
export function versionOf(version: string, supportPlan: readonly string[], isPreview: true | null = null) {
  return { capabilities: { supportPlan }, isPreview, patchVersions: { [`${version}.1`]: { upgrades: [] } }, version };
}

/** What a request for a budget asks for: https://learn.microsoft.com/azure/templates/microsoft.consumption/budgets */
export function budgetIn(url: string, body: string, { subscription }: Azure): unknown {
  const { pathname, searchParams } = new URL(url);
  need(
    pathname === `/subscriptions/${subscription}/providers/Microsoft.Consumption/budgets/slipway` &&
      searchParams.has('api-version'),
    `Not Found: ${url}`,
  );
  const { properties } = JSON.parse(body) as { properties: Readonly<Record<string, unknown>> };
  const missing = ['amount', 'category', 'notifications', 'timeGrain', 'timePeriod'].filter(
    (key) => !(key in properties),
  );
  need(missing.length === 0, `Bad Request: ${missing.join(', ')}`);
  const { startDate } = properties['timePeriod'] as { startDate: string };
  need(/^\d{4}-\d\d-01T00:00:00Z$/.test(startDate), 'Bad Request: a budget begins with a month');
  return properties;
}
