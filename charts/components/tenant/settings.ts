import { z } from 'zod';
import { hostName, portNumber } from '../../lib/host.ts';
import { bytesOf, cpuSetting, cpusOf, quantitySetting } from '../../lib/quantity.ts';
import { RESERVED_NAMESPACES } from '../../lib/namespace.ts';

const NOT_RESERVED = 'must not be kube-…, argocd or default, which are namespaces of the platform';

/** The name of a tenant, and of its namespace by default: a DNS label with room for the prefix of its component. */
export const tenantName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,54}[a-z0-9])?$/,
    'must be at most 56 lower-case letters, digits and hyphens, starting with a letter',
  )
  .refine((name) => !RESERVED_NAMESPACES.test(name), NOT_RESERVED);

const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and hyphens')
  .refine((name) => !RESERVED_NAMESPACES.test(name), NOT_RESERVED);

/** A wildcard in a project's repositories would let a tenant sync from anywhere. */
const repositoryUrl = z
  .string()
  .regex(
    /^(https:\/\/|ssh:\/\/|git@)[^\s*?[\]{}!]+$/,
    'must be the URL of one repository, by https or ssh and without wildcards, such as https://github.com/example/checkout.git',
  );

/** Hard limits of each namespace, in sum over its pods. */
const quotaSettings = z.strictObject(
  {
    /** CPU of all requests, and of all limits: '4' or '500m'. */
    cpu: cpuSetting,
    /** Memory of all requests, and of all limits. */
    memory: quantitySetting,
    pods: z.int().min(1),
    /** Size of all volumes; they are backed up, which requires the section `velero`. @default no volumes */
    storage: quantitySetting.optional(),
    /** Services of type LoadBalancer; they receive traffic from anywhere on `port`. @default 0 */
    loadBalancers: z.int().min(0).default(0),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? "must be the limits of each namespace: { cpu: '4', memory: '8Gi', pods: 40 }"
        : undefined,
  },
);

/**
 * What a container gets that states no resources. A quota rejects pods without requests and limits, so that without
 * these defaults a manifest that runs anywhere else would fail in a tenant's namespace.
 */
const limitsSettings = z.strictObject({
  /** CPU limit. @default '500m' */
  cpu: cpuSetting.default('500m'),
  /** Memory limit. @default '256Mi' */
  memory: quantitySetting.default('256Mi'),
  /** CPU request. @default '50m' */
  cpuRequest: cpuSetting.default('50m'),
  /** Memory request. @default `memory`, so that node memory is not overcommitted */
  memoryRequest: quantitySetting.optional(),
});

/** Settings of a tenant, in the section `tenants`. */
export const tenantSettings = z
  .strictObject({
    /** @default one namespace of the tenant's name */
    namespaces: z
      .array(namespaceName)
      .min(1, 'must name a namespace; without the setting there is one of the same name as the tenant')
      .optional(),
    /** Git repositories that the tenant's own Applications may sync from. */
    repositories: z.array(repositoryUrl).min(1, 'must name the repository that the tenant syncs from'),
    /** Hard limits of each of its namespaces. */
    quota: quotaSettings,
    limits: limitsSettings.prefault({}),
    /**
     * Group of the identity provider, as the API server names it: `oidc:checkout-developers` where it adds the prefix
     * `oidc:`. @default nobody has access
     */
    group: z
      .string()
      .regex(
        /^(?!system:)[^\s,]+$/,
        'must be a group of the identity provider, not one of Kubernetes (system:…), without spaces and commas',
      )
      .optional(),
    /** Hosts that the tenant's routes may serve at the gateway. @default none */
    hosts: z
      .array(hostName)
      .refine((hosts) => new Set(hosts).size === hosts.length, 'must name each host once')
      .default([]),
    /** Port of the tenant's pods that the gateway reaches. @default 8080 */
    port: portNumber.default(8080),
    /** True if its pods may call the internet over HTTPS. @default false */
    internet: z.boolean().default(false),
  })
  .superRefine(({ quota, limits }, context) => {
    const { cpuRequest, memoryRequest = limits.memory } = limits;
    const check = (wrong: boolean, path: string[], message: string): void => {
      if (wrong) context.addIssue({ code: 'custom', path, message });
    };
    check(
      cpusOf(quota.cpu) < cpusOf(limits.cpu),
      ['quota', 'cpu'],
      `must be at least limits.cpu, ${limits.cpu}, which each container gets that states no limit`,
    );
    check(
      bytesOf(quota.memory) < bytesOf(limits.memory),
      ['quota', 'memory'],
      `must be at least limits.memory, ${limits.memory}, which each container gets that states no limit`,
    );
    check(
      cpusOf(cpuRequest) > cpusOf(limits.cpu),
      ['limits', 'cpuRequest'],
      `must not exceed limits.cpu, ${limits.cpu}`,
    );
    check(
      bytesOf(memoryRequest) > bytesOf(limits.memory),
      ['limits', 'memoryRequest'],
      `must not exceed limits.memory, ${limits.memory}`,
    );
  });

/** Validated settings of a tenant. */
export type TenantSettings = z.output<typeof tenantSettings>;

/** The name of a tenant's component. */
export function tenantComponent(tenant: string): string {
  return `tenant-${tenant}`;
}

/** The namespaces of a tenant. */
export function namespacesOf(
  tenant: string,
  { namespaces }: { readonly namespaces?: readonly string[] },
): readonly string[] {
  return namespaces ?? [tenant];
}

/** Section `tenants`; that no namespace has two owners is checked with the names of all sections. */
export const tenantsSettings = z.record(tenantName, tenantSettings);
