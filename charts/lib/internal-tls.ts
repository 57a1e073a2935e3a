import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import type { Mount } from './container.ts';
import type { OnChanges } from './on-change.ts';

/** Signs certificates of names in the cluster, for servers whose clients are pods. */
export interface InternalAuthority {
  /** Name of its ClusterIssuer. */
  readonly issuer: string;
}

/** Where pods find the certificate of the authority that signed a server's. */
export const AUTHORITY_FILE = '/run/authority/ca.crt';

/** What a pod needs to read the authority's certificate, at AUTHORITY_FILE. */
export interface Trust {
  readonly volumes: readonly k8s.Volume[];
  readonly mounts: Readonly<Record<string, Mount>>;
  readonly onChange: OnChanges;
}

/** Options of a certificate. */
export interface InternalCertificateProps {
  /** Name of the Certificate and of its Secret, with the keys `tls.crt`, `tls.key`, `ca.crt` and `tls-combined.pem`. */
  readonly name: string;
  /** Names below the component's namespace: `*.mongo.mongo.svc.cluster.local`. */
  readonly dnsNames: readonly string[];
  /** True if the server is called by containers of its own pod too, at 127.0.0.1. @default false */
  readonly loopback?: boolean;
}

/** A certificate of the internal authority, by which a pod may serve and call. It is renewed 30 days before its end. */
export function internalCertificate(
  component: Component,
  { issuer }: InternalAuthority,
  { name, dnsNames, loopback = false }: InternalCertificateProps,
): void {
  component.add<ICertificate>({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      secretName: name,
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
      dnsNames: [...dnsNames],
      ...(loopback && { ipAddresses: ['127.0.0.1'] }),
      duration: '2160h',
      renewBefore: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth', 'client auth'],
      // Key and certificate in one file, as MongoDB reads them.
      additionalOutputFormats: [{ type: 'CombinedPEM' }],
    },
  });
}

/** Mounts the authority's certificate, from the Secret of a certificate in the component's namespace that it signed. */
export function trust(secret: string): Trust {
  return {
    volumes: [{ name: 'authority', secret: { secretName: secret, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
    mounts: { '/run/authority': { volume: 'authority' } },
    onChange: {
      [`Secret/${secret}`]: { onlyAtStart: 'of it the authority alone is read, which outlives certificates' },
    },
  };
}
