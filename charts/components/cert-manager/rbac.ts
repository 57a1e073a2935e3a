import type { k8s } from 'cdk8s-plus-28';
import type { Upstream } from '../../upstream/upstream.ts';

const SHIMS = 'certificates are explicit, never made from annotations: a flag disables the controllers that do so';

/** Rules of the controller, without those of the controllers that its flags disable. */
export function controllerRules(upstream: Upstream): k8s.PolicyRule[] {
  const prefix = 'cert-manager-controller';
  upstream.leaveOut([`${prefix}-certificatesigningrequests`], 'it is experimental, and off by default');
  return upstream.rules(
    [
      'issuers',
      'clusterissuers',
      'certificates',
      // Among them is the right to create the requests of all certificates.
      'ingress-shim',
      'orders',
      'challenges',
      'approve:cert-manager-io',
    ].map((name) => `${prefix}-${name}`),
    {
      without: [
        {
          group: 'cert-manager.io',
          resources: ['certificates'],
          verbs: ['create', 'delete'],
          because: SHIMS,
        },
        { group: 'networking.k8s.io', resources: ['ingresses/finalizers'], because: SHIMS },
        {
          group: 'gateway.networking.k8s.io',
          resources: [
            'gateways',
            'gateways/finalizers',
            'httproutes/finalizers',
            'listenersets',
            'listenersets/finalizers',
          ],
          because: SHIMS,
        },
        {
          group: 'networking.k8s.io',
          resources: ['ingresses'],
          // It lists them: the controller does not start before its informer has synced.
          verbs: ['create', 'update', 'delete'],
          because: 'challenges are answered by HTTPRoutes',
        },
        {
          group: 'route.openshift.io',
          resources: ['routes/custom-host'],
          because: 'it is for Ingresses on OpenShift',
        },
      ],
    },
  );
}

/** Rules of cainjector. */
export function cainjectorRules(upstream: Upstream): k8s.PolicyRule[] {
  const definitions = { group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'] };
  return upstream.rules(['cert-manager-cainjector'], {
    without: [
      {
        ...definitions,
        verbs: ['list', 'watch', 'update', 'patch'],
        because: 'no definition has a conversion webhook: a flag disables their injection',
      },
      {
        ...definitions,
        verbs: ['get'],
        except: ['certificates.cert-manager.io'],
        because: 'it waits for this definition at startup, and reads no other',
      },
    ],
  });
}

/** Rules of the webhook: it checks whether the approver of a request is authorized. */
export function webhookRules(upstream: Upstream): k8s.PolicyRule[] {
  return upstream.rules(['cert-manager-webhook:subjectaccessreviews']);
}

/** Says which further roles nothing here needs. */
export function leaveOutOthers(upstream: Upstream): void {
  upstream.leaveOut(['cert-manager-startupapicheck:create-cert'], 'the order waits for the webhook to be healthy');
  upstream.leaveOut(['cert-manager-cluster-view'], 'it is aggregated only to a role of OpenShift');
}
