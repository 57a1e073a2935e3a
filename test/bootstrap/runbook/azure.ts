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

  signedIn(): void {
    need(this.token, "Please run 'az login' to setup account.");
  }

  group(name: string): { readonly id: string; readonly members: Set<string> } {
    const group = this.groups.get(name);
    need(group, `No group matches the name of '${name}'`, 3);
    return group;
  }
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
