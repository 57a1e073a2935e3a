import type { k8s } from 'cdk8s-plus-28';
import type { Upstream } from '../../upstream/upstream.ts';
import type { WebhookRemoval } from '../../upstream/webhooks.ts';

const GROUP = 'external-secrets.io';
const DISABLED = 'a flag of the controller disables its reconciler';

/**
 * Cluster-wide rules of the controller. It may read every kind of its definitions, also those whose reconciler is
 * disabled: it reads through a cache, where reading a kind that it may not list never returns, and holds its worker.
 */
export function controllerRules(upstream: Upstream): k8s.PolicyRule[] {
  const write = ['update', 'patch'];
  const unreconciled = ['secretstores', 'clusterexternalsecrets', 'clusterpushsecrets'];
  return upstream.rules(['external-secrets-controller'], {
    without: [
      { group: GROUP, resources: unreconciled, verbs: write, because: DISABLED },
      {
        group: GROUP,
        resources: unreconciled.flatMap((resource) => [`${resource}/status`, `${resource}/finalizers`]),
        because: DISABLED,
      },
      {
        group: GROUP,
        resources: ['externalsecrets', 'pushsecrets'],
        verbs: ['create', 'delete'],
        because: `it is for ClusterExternalSecrets and ClusterPushSecrets, and ${DISABLED}`,
      },
      { resources: ['namespaces'], verbs: write, because: `it is for ClusterExternalSecrets, and ${DISABLED}` },
      {
        resources: ['serviceaccounts/token'],
        because:
          'it could act as any ServiceAccount; the store has the identity of the controller, or an account of its own',
      },
      {
        resources: ['configmaps'],
        because:
          'values come from Secrets; it reads ConfigMaps without a cache, so that a refusal is an error in the status',
      },
    ],
  });
}

/** Leader election, in the controller's namespace. */
export function leaderElectionRules(upstream: Upstream): k8s.PolicyRule[] {
  return upstream.rules(['external-secrets-leaderelection'], {
    without: [
      { resources: ['configmaps'], because: 'leader election uses a Lease' },
      {
        group: 'coordination.k8s.io',
        resources: ['leases'],
        verbs: ['get', 'update', 'patch'],
        except: ['external-secrets-controller'],
        because: 'it is the only Lease',
      },
    ],
  });
}

/** Operations that the webhooks are not called for. */
export const UNREVIEWED: readonly WebhookRemoval[] = [
  {
    operations: ['DELETE'],
    because: 'a deletion needs no validation, and the webhook must not block that of a namespace',
  },
];

/** Says which further roles nothing here needs. */
export function leaveOutOthers(upstream: Upstream): void {
  upstream.leaveOut(['external-secrets-cert-controller'], 'cert-manager issues the certificate of the webhook');
  upstream.leaveOut(['external-secrets-servicebindings'], 'it is aggregated only to a role of service bindings');
}
