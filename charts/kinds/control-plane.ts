import { textAt } from '../lib/manifest.ts';
import { DEFINITION, STORAGE_CLASS } from './immutable.ts';
import { builtIn, capability } from './kind.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** The role and the ServiceAccounts of a binding; users and groups are not objects. */
const BINDING = {
  roleRef: `${RBAC}/ClusterRole`,
  'subjects[]': { to: 'ServiceAccount', only: true, when: 'eventually' },
} as const;

/** A binding to another role must be another binding. */
const ROLE_REF = [{ path: 'roleRef' }];

/** The Service of a webhook. */
const WEBHOOK = { 'webhooks[].clientConfig.service': 'Service' };

/**
 * Health check: a webhook configuration is healthy once cert-manager has injected the CA bundle. Until then the API
 * server rejects the requests that the webhook would review.
 */
const WEBHOOK_HEALTH = `local annotations = obj.metadata.annotations or {}
local injected = annotations["cert-manager.io/inject-ca-from"] or annotations["cert-manager.io/inject-ca-from-secret"]
if injected ~= nil then
  for _, webhook in ipairs(obj.webhooks or {}) do
    if webhook.clientConfig.caBundle == nil or webhook.clientConfig.caBundle == "" then
      return { status = "Progressing", message = "waits for its certificate authority" }
    end
  end
end
return { status = "Healthy", message = "" }
`;

/** Kinds of the API server itself: RBAC, admission, definitions, storage, networking, scheduling. */
export const controlPlane = [
  builtIn(RBAC, 'ClusterRole', { scope: 'cluster', offers: 'at once' }),
  builtIn(RBAC, 'ClusterRoleBinding', {
    scope: 'cluster',
    offers: 'at once',
    references: BINDING,
    immutable: ROLE_REF,
  }),
  builtIn(RBAC, 'Role', { scope: 'namespaced', offers: 'at once' }),
  builtIn(RBAC, 'RoleBinding', { scope: 'namespaced', offers: 'at once', references: BINDING, immutable: ROLE_REF }),
  builtIn(ADMISSION, 'MutatingWebhookConfiguration', {
    scope: 'cluster',
    offers: 'once healthy',
    references: WEBHOOK,
    health: WEBHOOK_HEALTH,
  }),
  builtIn(ADMISSION, 'ValidatingAdmissionPolicy', { scope: 'cluster', offers: 'at once' }),
  builtIn(ADMISSION, 'ValidatingAdmissionPolicyBinding', {
    scope: 'cluster',
    offers: 'at once',
    references: { 'spec.policyName': `${ADMISSION}/ValidatingAdmissionPolicy` },
    noReferences: { 'spec.paramRef': 'its kind is defined by spec.paramKind of the policy' },
  }),
  builtIn(ADMISSION, 'ValidatingWebhookConfiguration', {
    scope: 'cluster',
    offers: 'once healthy',
    references: WEBHOOK,
    health: WEBHOOK_HEALTH,
  }),
  builtIn('apiextensions.k8s.io', 'CustomResourceDefinition', {
    scope: 'cluster',
    offers: 'once healthy',
    references: { 'spec.conversion.webhook.clientConfig.service': 'Service' },
    immutable: DEFINITION,
    makes: (m) => [
      {
        key: capability.crd(textAt(m, 'spec', 'group') ?? '', textAt(m, 'spec', 'names', 'plural') ?? ''),
        onceHealthy: true,
      },
    ],
  }),
  builtIn('apiregistration.k8s.io', 'APIService', {
    scope: 'cluster',
    offers: 'once healthy',
    references: { 'spec.service': 'Service' },
    immutable: [{ path: 'spec.group' }, { path: 'spec.version' }],
    makes: (m) => [{ key: capability.api(textAt(m, 'spec', 'group') ?? ''), onceHealthy: true }],
  }),
  builtIn('networking.k8s.io', 'Ingress', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: {
      'spec.ingressClassName': 'networking.k8s.io/IngressClass',
      'spec.defaultBackend.service': 'Service',
      'spec.rules[].http.paths[].backend.service': 'Service',
      'spec.tls[].secretName': 'Secret',
    },
  }),
  builtIn('networking.k8s.io', 'IngressClass', {
    scope: 'cluster',
    offers: 'at once',
    immutable: [{ path: 'spec.controller' }],
  }),
  builtIn('networking.k8s.io', 'NetworkPolicy', { scope: 'namespaced', offers: 'at once' }),
  builtIn('node.k8s.io', 'RuntimeClass', { scope: 'cluster', offers: 'at once', immutable: [{ path: 'handler' }] }),
  builtIn('scheduling.k8s.io', 'PriorityClass', {
    scope: 'cluster',
    offers: 'at once',
    immutable: [{ path: 'value' }, { path: 'preemptionPolicy' }],
  }),
  builtIn('storage.k8s.io', 'CSIDriver', {
    scope: 'cluster',
    offers: 'at once',
    immutable: [{ path: 'spec.attachRequired' }, { path: 'spec.volumeLifecycleModes' }],
  }),
  builtIn('storage.k8s.io', 'StorageClass', {
    scope: 'cluster',
    offers: 'at once',
    immutable: STORAGE_CLASS,
  }),
  builtIn('storage.k8s.io', 'VolumeAttributesClass', {
    scope: 'cluster',
    offers: 'at once',
    immutable: [{ path: 'driverName' }, { path: 'parameters' }],
  }),
];
