import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IClusterIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer';
import type { AcmeSolver, DnsZone } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';

/** Names of the ClusterIssuers. */
export interface Issuers {
  /** For names below the cluster's domain, including wildcards: by DNS-01 or the private CA. */
  readonly domain: string;
  /** For hosts of other domains that resolve to the gateway, by HTTP-01; none with a private CA. */
  readonly anyHost?: string;
}

/** The listener for HTTP-01 challenges. */
export interface ChallengeListener {
  readonly gateway: string;
  readonly namespace: string;
  readonly name: string;
}

/** Options of the ACME issuers. */
export interface AcmeProps {
  readonly email: string;
  readonly server: keyof typeof ACME_SERVERS;
  /** DNS zone of `solver`. */
  readonly domain: string;
  readonly solver: DnsZone['solver'];
  readonly challengeListener: ChallengeListener;
}

/** Let's Encrypt's directories (letsencrypt.org/docs/acme-protocol-updates, letsencrypt.org/docs/staging-environment). */
export const ACME_SERVERS = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/** What the names of the issuers of Let's Encrypt's servers begin with. */
const ACME_NAMES: Readonly<Record<string, string>> = {
  [ACME_SERVERS.production]: 'letsencrypt',
  [ACME_SERVERS.staging]: 'letsencrypt-staging',
};

/**
 * What the names of the issuers of an ACME server begin with. No two servers share one: cert-manager issues a certificate
 * again when the name of its issuer changes, and not when the issuer's server does; and an account belongs to one server.
 *
 * @param directory URL of its directory
 */
export function acmeName(directory: string): string {
  const { host, pathname } = new URL(directory);
  return (
    ACME_NAMES[directory] ??
    `${host}${pathname}`
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean)
      .join('-')
  );
}

/** Name of the private CA: of its ClusterIssuer, Certificate and Secret. */
const LOCAL_CA = 'local-ca';

/** Adds the ClusterIssuers of the ACME server. */
export function acmeIssuers(
  component: Component,
  { email, server, domain, solver, challengeListener }: AcmeProps,
): Issuers {
  const { gateway, namespace, name: sectionName } = challengeListener;
  const parentRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway, namespace, sectionName }];
  const http01: AcmeSolver['http01'] = { gatewayHTTPRoute: { parentRefs, serviceType: 'ClusterIP' } };
  const directory = ACME_SERVERS[server];
  const acmeIssuer = (challenge: string, one: AcmeSolver): string => {
    const name = `${acmeName(directory)}-${challenge}`;
    return clusterIssuer(component, name, {
      // The account key is created on first use; if it is lost, cert-manager registers a new account.
      acme: { email, server: directory, privateKeySecretRef: { name: `${name}-account` }, solvers: [one] },
    });
  };
  return {
    domain: acmeIssuer('dns', { selector: { dnsZones: [domain] }, dns01: solver }),
    anyHost: acmeIssuer('http', { http01 }),
  };
}

/** Adds a private, self-signed CA, for a cluster that Let's Encrypt cannot reach. */
export function privateAuthority(component: Component): Issuers {
  const selfSigned = clusterIssuer(component, 'self-signed', { selfSigned: {} });
  const signedBy = { group: 'cert-manager.io', kind: 'ClusterIssuer', name: selfSigned };
  return { domain: ownAuthority(component, { name: LOCAL_CA, commonName: 'Slipway local CA', signedBy }) };
}

/** A certificate authority of the cluster's own. */
interface OwnAuthority {
  /** Of its ClusterIssuer, Certificate and Secret. */
  readonly name: string;
  readonly commonName: string;
  /** The issuer that signs it. */
  readonly signedBy: NonNullable<ICertificate['spec']>['issuerRef'];
}

/** Adds an authority for ten years with the same key, because whoever trusts it has imported it. @returns its ClusterIssuer */
export function ownAuthority(component: Component, { name, commonName, signedBy }: OwnAuthority): string {
  component.add<ICertificate>({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      isCA: true,
      commonName,
      secretName: name,
      duration: '87600h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: signedBy,
    },
  });
  return clusterIssuer(component, name, { ca: { secretName: name } });
}

function clusterIssuer(component: Component, name: string, spec: NonNullable<IClusterIssuer['spec']>): string {
  component.add<IClusterIssuer>({ apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', metadata: { name }, spec });
  return name;
}
