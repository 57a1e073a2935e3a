import { z } from 'zod';
import { blockOf, read, type Root } from '../terraform.ts';

const poolSchema = z.object({ vm_size: z.string(), min: z.number(), max: z.number() });

const inputsSchema = z.object({
  location: z.string(),
  zones: z.array(z.string()),
  sku_tier: z.string(),
  host_encryption: z.boolean(),
  system_pool: poolSchema,
  apps_pool: poolSchema.nullable(),
});

const surgeSchema = z.object({
  upgrade_settings: z.tuple([z.object({ max_surge: z.string().regex(/^\d+%?$/) })]),
});

/** Node pools of one size, one in each zone. */
export interface Pools {
  readonly size: string;
  readonly zones: number;
  /** Nodes of each, to begin with and at most. */
  readonly min: number;
  readonly max: number;
  /** Nodes that an upgrade adds to each of so many. */
  readonly surge: (nodes: number) => number;
}

/** What a root asks of a region of Azure. */
export interface Wanted {
  readonly location: string;
  readonly zones: readonly string[];
  readonly longTermSupport: boolean;
  readonly hostEncryption: boolean;
  readonly pools: readonly Pools[];
}

/** @throws Fault for an input that is an expression */
export function wantedOf(root: Root): Wanted {
  const file = `bootstrap/roots/${root.cluster}/main.tf`;
  const { location, zones, sku_tier, host_encryption, system_pool, apps_pool } = read(inputsSchema, root.inputs, file);
  const { upgrade_settings } = read(
    surgeSchema,
    blockOf(root, 'azurerm_kubernetes_cluster_node_pool'),
    'bootstrap/modules/aks/main.tf',
  );
  const surge = surgeOf(upgrade_settings[0].max_surge);
  return {
    location,
    zones,
    longTermSupport: sku_tier === 'Premium',
    hostEncryption: host_encryption,
    pools: [system_pool, ...(apps_pool ? [apps_pool] : [])].map(({ vm_size, min, max }) => ({
      size: vm_size,
      zones: zones.length,
      min,
      max,
      surge,
    })),
  };
}

/** A number of nodes, or a share of those that there are, rounded up. */
function surgeOf(written: string): Pools['surge'] {
  const number = Number.parseInt(written, 10);
  return written.endsWith('%') ? (nodes) => Math.ceil((nodes * number) / 100) : () => number;
}
