import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import type { Component } from '../component.ts';

/** Options of a serving certificate. */
export interface ServingCertificateProps {
  /** Name of the Certificate, of its Issuer and of the Secret with the keys `tls.crt` and `tls.key`. */
  readonly name: string;
  /** The Service that the API server calls. */
  readonly service: string;
  /** Time before its end at which it is renewed, in hours: `2880h`. @default a third of its duration */
  readonly renewBefore?: string;
}

/**
 * The certificate of a server that only the API server calls: self-signed, since it is verified against the caBundle that
 * cert-manager injects. From a renewal until the pods have reloaded it no call succeeds, so it is long-lived.
 *
 * @returns the annotation by which a webhook configuration or an APIService gets the caBundle
 */
export function servingCertificate(
  component: Component,
  { name, service, renewBefore }: ServingCertificateProps,
): Record<string, string> {
  component.add<IIssuer>({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name },
    spec: { selfSigned: {} },
  });
  component.add<ICertificate>({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      secretName: name,
      issuerRef: { name, kind: 'Issuer' },
      commonName: service,
      dnsNames: [`${service}.${component.namespace}.svc`],
      duration: '8760h',
      renewBefore,
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
    },
  });
  return { 'cert-manager.io/inject-ca-from': `${component.namespace}/${name}` };
}
