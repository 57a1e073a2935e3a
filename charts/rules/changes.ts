import { z } from 'zod';
import { Fault, type Problem, throwIfAny } from '../fault.ts';
import { type Alert, type Alerts, type RuleGroup, secondsOfRule, SEVERITIES } from './rule.ts';

/** What a cluster file changes of an alert, or that the cluster has none of it. */
export const alertChange = z
  .strictObject({
    /** How long its condition must hold. @default as the component says */
    for: z
      .string()
      .regex(/^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'must be a duration such as 30s, 5m or 1h30m')
      .optional(),
    /** @default as the component says */
    severity: z.enum(SEVERITIES).optional(),
    /** The cluster has no such alert, for a reason. @default it has */
    off: z.literal(true).optional(),
    /** Why, for those who wonder; must be there with `off`. @default no reason */
    because: z.string().min(1).optional(),
  })
  .superRefine((change, context) => {
    const report = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (!change.off) return;
    if (change.because === undefined) report('because', 'must say why the cluster has no such alert');
    for (const other of ['for', 'severity'] as const)
      if (change[other] !== undefined) report(other, 'must not be there: with "off" there is no such alert');
  });

/** A change of an alert. */
export type AlertChange = z.output<typeof alertChange>;

/** Changes by the name of the alert. */
export type AlertChanges = Readonly<Partial<Record<string, AlertChange>>>;

/** Applies what a cluster file changes of alerts, and knows which changes had an effect. */
export class ChangedAlerts {
  private readonly changes: AlertChanges;
  private readonly found = new Set<string>();

  constructor(changes: AlertChanges) {
    this.changes = changes;
  }

  /** The groups, changed; those that have no rule any more are left out. @throws Fault for a change that changes nothing */
  applyTo(groups: readonly RuleGroup[]): RuleGroup[] {
    return groups
      .map((group) => ({ ...group, alerts: this.changed(group.alerts ?? {}) }))
      .filter(({ alerts, recordings = [] }) => recordings.length > 0 || Object.keys(alerts).length > 0);
  }

  /** @throws Fault for changes of alerts that no component of the cluster has */
  checkFound(): void {
    throwIfAny(
      Object.keys(this.changes)
        .filter((name) => !this.found.has(name))
        .map((name): Problem => ({
          what: `the alert "${name}" is of no component of this cluster`,
          setting: ['alerts', name],
          fix: 'remove the change, or add the component that has the alert',
        })),
    );
  }

  private changed(alerts: Alerts): Alerts {
    return Object.fromEntries(
      Object.entries(alerts).flatMap(([name, alert]): [string, Alert][] => {
        const change = this.changes[name];
        if (change === undefined) return [[name, alert]];
        this.found.add(name);
        if (change.off) return [];
        return [[name, changeOf(name, alert, change)]];
      }),
    );
  }
}

/** @throws Fault for each field that the alert has anyway, or if there is none that could change it */
function changeOf(name: string, alert: Alert, { for: holds, severity }: AlertChange): Alert {
  const change = { ...(holds !== undefined && { for: holds }), ...(severity !== undefined && { severity }) };
  const fields = Object.entries(change) as [keyof typeof change, string][];
  if (fields.length === 0)
    throw new Fault({
      what: `the change of the alert "${name}" changes nothing`,
      setting: ['alerts', name],
      seen: 'neither "for" nor "severity"',
      fix: 'remove it, or add one of them',
    });
  const needless = fields.filter(([field, value]) => sameAs(alert, field, value));
  throwIfAny(
    needless.map(([field, value]) => ({
      what: `"${field}" of the alert "${name}" changes nothing: the alert has this value already`,
      setting: ['alerts', name, field],
      seen: value,
      fix:
        needless.length === fields.length
          ? `remove the change of "${name}", or write another value`
          : `remove "${field}", or write another value`,
    })),
  );
  return { ...alert, ...change };
}

/** True if a field says what the alert says: of durations their length counts. */
function sameAs(alert: Alert, field: 'for' | 'severity', value: string): boolean {
  return field === 'for' ? secondsOfRule(value) === secondsOfRule(alert.for ?? '0s') : value === alert[field];
}
