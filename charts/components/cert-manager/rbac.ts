import type { k8s } from 'cdk8s-plus-28';

const READ = ['get', 'list', 'watch'];
const CERT_MANAGER = 'cert-manager.io';
const ACME = 'acme.cert-manager.io';

/** Certificates of any issuer. */
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
  // Required where the admission plugin OwnerReferencesPermissionEnforcement is enabled.
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
  // Certificates, and so their Secrets, are in any namespace.
  { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  // It approves requests for its own kinds of issuer; external issuers have their own approvers.
  {
    apiGroups: [CERT_MANAGER],
    resources: ['signers'],
    resourceNames: ['issuers.cert-manager.io/*', 'clusterissuers.cert-manager.io/*'],
    verbs: ['approve'],
  },
];

/** ACME orders and challenges. */
const CHALLENGES: k8s.PolicyRule[] = [
  { apiGroups: [ACME], resources: ['orders', 'challenges'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [ACME], resources: ['orders/status', 'challenges/status'], verbs: ['update', 'patch'] },
  { apiGroups: [ACME], resources: ['orders/finalizers', 'challenges/finalizers'], verbs: ['update'] },
  // HTTP-01: a solver pod, its Service, and a route to it.
  { apiGroups: [''], resources: ['pods', 'services'], verbs: [...READ, 'create', 'delete'] },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['httproutes'],
    verbs: [...READ, 'create', 'update', 'delete'],
  },
  // No challenge uses an Ingress, but the controller does not start before its informer has synced.
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
];

/** Cluster-wide permissions of the controller. */
export const CONTROLLER_RULES: readonly k8s.PolicyRule[] = [...CERTIFICATES, ...CHALLENGES];

/** Cluster-wide permissions of cainjector. */
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
  // It waits for this definition at startup, and exits if it may not read it.
  {
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    resourceNames: ['certificates.cert-manager.io'],
    verbs: ['get'],
  },
];

/** Cluster-wide permissions of the webhook: it checks whether the approver of a request is authorized. */
export const WEBHOOK_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/** One Secret in its own namespace. RBAC cannot restrict `create` by name. */
export function secretRules(name: string): readonly k8s.PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: [...READ, 'update'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  ];
}

/** Leader election by one Lease in its own namespace. */
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
