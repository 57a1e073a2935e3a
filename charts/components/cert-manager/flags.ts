import { z } from 'zod';

const OWN_NAMESPACE = "it is the component's own namespace";
const TLS = 'the webhook issues its own serving certificate';

/** Flags that cluster files may not set, with what to do instead: of a repeated flag, the last one silently wins. */
const RESERVED: Readonly<Record<string, string>> = {
  v: 'set global.logLevel',
  'acme-http01-solver-image': 'it is the pin "cert-manager-acmesolver"',
  'cluster-resource-namespace': OWN_NAMESPACE,
  config: 'use individual flags',
  controllers: 'the other controllers lack permissions',
  'dynamic-serving-ca-secret-name': TLS,
  'dynamic-serving-ca-secret-namespace': TLS,
  'dynamic-serving-dns-names': TLS,
  'enable-customresourcedefinitions-injectable':
    'no definition here has a conversion webhook, and cainjector may not update any',
  'enable-gateway-api': 'it is always set: HTTP-01 challenges are served by the Gateway',
  'healthz-port': 'probes rely on the default',
  kubeconfig: 'it authenticates as its ServiceAccount',
  'leader-election-lease-duration': 'set global.leaderElection.leaseDuration',
  'leader-election-namespace': OWN_NAMESPACE,
  'leader-election-renew-deadline': 'set global.leaderElection.renewDeadline',
  'metrics-listen-address': 'probes and Services rely on the default',
  namespace: 'it manages all namespaces',
  'secure-port': 'set webhook.securePort',
};

/** Schema of additional arguments in a cluster file. */
export const flags = z.array(
  z
    .string()
    .regex(/^--[a-z][a-z0-9-]*(=.*)?$/s, 'must be one string: --flag or --flag=value')
    .refine((flag) => !Object.hasOwn(RESERVED, nameOf(flag)), {
      error: ({ input }) => `--${nameOf(String(input))} cannot be set here: ${RESERVED[nameOf(String(input))]}`,
    }),
);

/** True if a boolean flag is set to true. */
export function isOn(given: readonly string[], name: string): boolean {
  return given.some((flag) => flag === `--${name}` || flag === `--${name}=true`);
}

/** True if a flag is set, to any value. */
export function isGiven(given: readonly string[], name: string): boolean {
  return given.some((flag) => nameOf(flag) === name);
}

function nameOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/=.*$/s, '');
}
