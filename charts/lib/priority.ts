import type { Tier } from '../component.ts';

/** A PriorityClass of a tier. */
export interface Priority {
  readonly value: number;
  readonly description: string;
  /** True if its pods evict none of a lower class, and only wait before them. @default false */
  readonly waits?: boolean;
}

/**
 * The priorities of the fleet: one PriorityClass for each tier, of its name. Pods of tenants have none, which is 0. The
 * value of an existing class cannot be changed.
 */
export const PRIORITIES: Readonly<Record<Tier, Priority>> = {
  platform: { value: 1_000_000, description: 'What all others need: certificates, secrets, the gateway, backups' },
  data: { value: 100_000, description: 'Databases and brokers, before the applications that use them' },
  monitoring: { value: 10_000, description: 'Metrics and alerts', waits: true },
  apps: { value: 1_000, description: 'Applications: they wait first, but evict no pods of tenants', waits: true },
};

/**
 * Of a database or a broker within an application. The anti-affinity of the application's pods keeps these off their
 * nodes too: without preemption, a rescheduled database would stay Pending on a cluster without a free node.
 */
export const DATA_PRIORITY = 'data' satisfies Tier;
