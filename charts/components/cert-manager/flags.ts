import { z } from 'zod';

const OWN_NAMESPACE = "it is the component's own namespace";
const TLS = 'the webhook makes its own serving certificate';

/** Flags that are set here, or that would undo what is: what to do instead. The last of two equal flags wins, unseen. */
const TAKEN: Readonly<Record<string, string>> = {
  v: 'set global.logLevel',
  'acme-http01-solver-image': 'it is the pin "cert-manager-acmesolver"',
  'cluster-resource-namespace': OWN_NAMESPACE,
  config: 'use the flags of what you would configure',
  controllers: 'the others lack the rights that they would need',
  'dynamic-serving-ca-secret-name': TLS,
  'dynamic-serving-ca-secret-namespace': TLS,
  'dynamic-serving-dns-names': TLS,
  'enable-customresourcedefinitions-injectable': 'no definition here has a webhook, and it has no right to change any',
  'enable-gateway-api': 'it is always on: HTTP-01 challenges come in by the Gateway',
  'healthz-port': 'probes rely on its default',
  kubeconfig: 'it runs as its ServiceAccount',
  'leader-election-lease-duration': 'set global.leaderElection.leaseDuration',
  'leader-election-namespace': OWN_NAMESPACE,
  'leader-election-renew-deadline': 'set global.leaderElection.renewDeadline',
  'metrics-listen-address': 'probes and Services rely on its default',
  namespace: 'it serves the whole cluster',
  'secure-port': 'set webhook.securePort',
};

/** Arguments as a cluster file may add them. */
export const flags = z.array(
  z
    .string()
    .regex(/^--[a-z][a-z0-9-]*(=.*)?$/s, 'must be one string: --flag or --flag=value')
    .refine((flag) => !Object.hasOwn(TAKEN, nameOf(flag)), {
      error: ({ input }) => `--${nameOf(String(input))} cannot be set here: ${TAKEN[nameOf(String(input))]}`,
    }),
);

/** True if a boolean flag is given and not `=false`. */
export function isOn(given: readonly string[], name: string): boolean {
  return given.some((flag) => flag === `--${name}` || flag === `--${name}=true`);
}

/** True if a flag is given, with any value. */
export function isGiven(given: readonly string[], name: string): boolean {
  return given.some((flag) => nameOf(flag) === name);
}

function nameOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/=.*$/s, '');
}
