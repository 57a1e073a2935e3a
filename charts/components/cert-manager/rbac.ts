import type { k8s } from 'cdk8s-plus-28';

const READ = ['get', 'list', 'watch'];
const CERT_MANAGER = 'cert-manager.io';
const ACME = 'acme.cert-manager.io';

/** What comes with every certificate, whoever issues it. */
const CERTIFICATES: k8s.PolicyRule[] = [
  {
    apiGroups: [CERT_MANAGER],
    resources: ['certificates', 'certificaterequests', 'issuers', 'clusterissuers'],
    verbs: [...READ, 'update', 'patch'],
  },
  { apiGroups: [CERT_MANAGER], resources: ['certificaterequests'], verbs: ['create', 'delete'] },
  {
    apiGroups: [CERT_MANAGER],
    resources: ['certificates/status', 'certificaterequests/status', 'issuers/status', 'clusterissuers/status'],
    verbs: ['update', 'patch'],
  },
  // Asked for where an admission plugin guards owner references.
  {
    apiGroups: [CERT_MANAGER],
    resources: [
      'certificates/finalizers',
      'certificaterequests/finalizers',
      'issuers/finalizers',
      'clusterissuers/finalizers',
    ],
    verbs: ['update'],
  },
  // Certificates are in any namespace, and so are their keys.
  { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  // It approves requests to its own kinds of issuer; those of other products have approvers of their own.
  {
    apiGroups: [CERT_MANAGER],
    resources: ['signers'],
    resourceNames: ['issuers.cert-manager.io/*', 'clusterissuers.cert-manager.io/*'],
    verbs: ['approve'],
  },
];

/** What proves a name to an ACME server. */
const CHALLENGES: k8s.PolicyRule[] = [
  { apiGroups: [ACME], resources: ['orders', 'challenges'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [ACME], resources: ['orders/status', 'challenges/status'], verbs: ['update', 'patch'] },
  { apiGroups: [ACME], resources: ['orders/finalizers', 'challenges/finalizers'], verbs: ['update'] },
  // HTTP-01: a pod that answers, a Service in front of it, and a route to that.
  { apiGroups: [''], resources: ['pods', 'services'], verbs: [...READ, 'create', 'delete'] },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['httproutes'],
    verbs: [...READ, 'create', 'update', 'delete'],
  },
  // Never used for a challenge here, but it does not start before it has listed them.
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
];

/** The controller's rights in the whole cluster. */
export const CONTROLLER_RULES: readonly k8s.PolicyRule[] = [...CERTIFICATES, ...CHALLENGES];

/** The injector's rights in the whole cluster. */
export const CAINJECTOR_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [CERT_MANAGER], resources: ['certificates'], verbs: READ },
  { apiGroups: [''], resources: ['secrets'], verbs: READ },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: [...READ, 'update', 'patch'],
  },
  { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: [...READ, 'update', 'patch'] },
  // It waits for this definition at its start, and ends if it may not see it.
  {
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    resourceNames: ['certificates.cert-manager.io'],
    verbs: ['get'],
  },
];

/** The webhook's rights in the whole cluster: it asks whether whoever approves a request may. */
export const WEBHOOK_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/** Keeping one Secret, in its own namespace. What does not exist yet has no name that a rule could give. */
export function secretRules(name: string): readonly k8s.PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: [...READ, 'update'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  ];
}

/** Leader election by one Lease, in its own namespace. */
export function leaseRules(name: string): readonly k8s.PolicyRule[] {
  return [
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      resourceNames: [name],
      verbs: ['get', 'update', 'patch'],
    },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  ];
}
