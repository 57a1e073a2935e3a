import { listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { custom, type CustomDeclaration, type Offer, type References, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'cert-manager.io';
const MODELS = `@kubernetes-models/cert-manager/${GROUP}/v1`;

/** cert-manager's definitions. */
export const CERT_MANAGER_UPSTREAM: UpstreamDefinitions = {
  name: 'cert-manager-crds',
  repository: 'https://github.com/cert-manager/cert-manager',
  paths: ['deploy/crds'],
};

const certificates = (group: string, kind: string, declaration: Omit<CustomDeclaration, 'upstream'>) =>
  custom(group, kind, { upstream: CERT_MANAGER_UPSTREAM, ...declaration });

/** Namespace of the Secrets of ClusterIssuers, by the flag --cluster-resource-namespace. */
const CLUSTER_RESOURCE_NAMESPACE = 'cert-manager';

/** A key of a Secret. @param namespace @default the object's namespace */
const secret = (namespace?: string) => ({ to: 'Secret', namespace, key: 'key' }) as const;

/** References of Issuers and ClusterIssuers. The keys of DNS-01 solvers differ by provider. */
const issuer = (namespace?: string): References => ({
  'spec.ca.secretName': { to: 'Secret', namespace },
  'spec.acme.externalAccountBinding.keySecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.accessKeyIDSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.secretAccessKeySecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.clientSecretSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.apiTokenSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.apiKeySecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.serviceAccountSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.tsigSecretSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.tokenSecretRef': secret(namespace),
  'spec.acme.solvers[].dns01.*.accountSecretRef': secret(namespace),
  // Read when a challenge is solved, not when the ACME account is registered.
  'spec.acme.solvers[].http01.gatewayHTTPRoute.parentRefs[]': {
    to: 'gateway.networking.k8s.io/Gateway',
    key: 'sectionName',
    when: 'eventually',
  },
  'spec.vault.auth.tokenSecretRef': secret(namespace),
  'spec.vault.auth.appRole.secretRef': secret(namespace),
  'spec.vault.auth.kubernetes.secretRef': secret(namespace),
  'spec.vault.caBundleSecretRef': secret(namespace),
});

/** The key of the ACME account, which the issuer creates. */
const ACCOUNT_KEY = { 'spec.acme.privateKeySecretRef': 'the issuer creates it' };

/** Keys of the Secret by format (cert-manager.io/docs/usage/certificate/#additional-certificate-output-formats). */
const ADDITIONAL_KEYS: Readonly<Record<string, string>> = { CombinedPEM: 'tls-combined.pem', DER: 'key.der' };

/** The Secret that a Certificate is stored in. */
function issued(manifest: Manifest): Offer[] {
  const name = textAt(manifest, 'spec', 'secretName') ?? '';
  const key = objectIdentity('', 'Secret', manifest.metadata.namespace, name);
  const formats = listAt(manifest, 'spec', 'additionalOutputFormats').map((format) => textAt(format, 'type') ?? '');
  const more = formats.flatMap((format) => ADDITIONAL_KEYS[format] ?? []);
  return [{ key, onceHealthy: true, keys: ['ca.crt', 'tls.crt', 'tls.key', ...more] }];
}

/**
 * Health check: a certificate is healthy while a valid one for its present specification is stored, also while it is
 * renewed, and degraded if that is missing and an attempt to issue it has failed. Argo CD's own check calls it degraded
 * for the moment between the controller's first two writes, which fails the sync of a new certificate.
 */
const CERTIFICATE_HEALTH = `local status = obj.status or {}
local message = "not issued yet"
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Ready" and condition.status == "True" then
    if (condition.observedGeneration or obj.metadata.generation) == obj.metadata.generation then
      return { status = "Healthy", message = condition.message or "" }
    end
    message = "its controller has not seen the change yet"
  elseif condition.type == "Ready" then
    message = condition.message or message
  end
end
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Issuing" and condition.status == "True" then
    return { status = "Progressing", message = condition.message or message }
  end
end
if status.lastFailureTime ~= nil then
  return { status = "Degraded", message = message }
end
return { status = "Progressing", message = message }
`;

/** Certificates and issuers. */
export const certManager = [
  certificates(GROUP, 'Certificate', {
    scope: 'namespaced',
    offers: 'once healthy',
    health: CERTIFICATE_HEALTH,
    references: {
      'spec.issuerRef': `${GROUP}/Issuer`,
      'spec.keystores.*.passwordSecretRef': secret(),
    },
    noReferences: { 'spec.secretName': 'the Secret that it is stored in' },
    makes: issued,
    schema: `${MODELS}/Certificate`,
  }),
  certificates(GROUP, 'CertificateRequest', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { 'spec.issuerRef': `${GROUP}/Issuer` },
    schema: `${MODELS}/CertificateRequest`,
  }),
  certificates(GROUP, 'ClusterIssuer', {
    scope: 'cluster',
    offers: 'once healthy',
    references: issuer(CLUSTER_RESOURCE_NAMESPACE),
    noReferences: ACCOUNT_KEY,
    schema: `${MODELS}/ClusterIssuer`,
  }),
  certificates(GROUP, 'Issuer', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: issuer(),
    noReferences: ACCOUNT_KEY,
    schema: `${MODELS}/Issuer`,
  }),
  ...['Challenge', 'Order'].map((kind) =>
    certificates(`acme.${GROUP}`, kind, { scope: 'namespaced', offers: 'once healthy', schema: 'api server' }),
  ),
];
