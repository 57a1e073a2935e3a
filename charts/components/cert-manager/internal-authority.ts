import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import type { Component } from '../../component.ts';
import { admissionPolicy, celText } from '../../lib/admission.ts';
import type { InternalAuthority } from '../../lib/internal-tls.ts';
import { ownAuthority } from './issuers.ts';

const GROUP = 'cert-manager.io';

/** Name of the ClusterIssuer, of the authority's Certificate and of its Secret. */
const INTERNAL_CA = 'internal-ca';
/** Name of the Issuer that signs the authority itself. */
const SELF_SIGNED = 'internal-self-signed';

/**
 * Adds an authority for names in the cluster. Whoever trusts it believes that a server is the one of a name: so each
 * namespace gets certificates of names below itself alone, and the API server refuses others.
 *
 * @param controller ServiceAccount of cert-manager's controller
 */
export function internalAuthority(component: Component, controller: string): InternalAuthority {
  component.add<IIssuer>({
    apiVersion: `${GROUP}/v1`,
    kind: 'Issuer',
    metadata: { name: SELF_SIGNED },
    spec: { selfSigned: {} },
  });
  const issuer = ownAuthority(component, {
    name: INTERNAL_CA,
    commonName: 'Slipway internal CA',
    signedBy: { group: GROUP, kind: 'Issuer', name: SELF_SIGNED },
  });
  policies(component, controller);
  return { issuer };
}

/** Fields of a Certificate that name somebody other than by dnsNames and ipAddresses, or make an authority. */
const OTHER_NAMES = ['commonName', 'literalSubject', 'subject', 'uris', 'emailAddresses', 'otherNames'];

const BY_THIS_AUTHORITY = `object.spec.issuerRef.name == ${celText(INTERNAL_CA)} && object.spec.issuerRef.?kind.orValue("Issuer") == "ClusterIssuer"`;
/** Neither finalizers nor labels of what an earlier policy admitted are reviewed. */
const CHANGES_THE_SPEC = 'request.operation == "CREATE" || object.spec != oldObject.spec';

function policies(component: Component, controller: string): void {
  const when = { 'by-this-authority': BY_THIS_AUTHORITY, 'changes-the-spec': CHANGES_THE_SPEC };
  admissionPolicy(component, {
    name: 'internal-names',
    reviews: [{ group: GROUP, resources: ['certificates'] }],
    when,
    variables: {
      own: '"." + request.namespace + ".svc.cluster.local"',
      others: [
        'object.spec.?dnsNames.orValue([]).filter(n, !n.endsWith(variables.own))',
        'object.spec.?ipAddresses.orValue([]).filter(a, a != "127.0.0.1")',
      ].join(' + '),
    },
    rules: [
      {
        expression: 'size(variables.others) == 0',
        message: `${INTERNAL_CA} signs names below the certificate's own namespace alone, and 127.0.0.1`,
        messageExpression: `variables.others[0] + " is no name below *" + variables.own + ", the only ones that ${INTERNAL_CA} signs for the namespace " + request.namespace + ": remove it from spec.dnsNames or spec.ipAddresses"`,
      },
      {
        expression: OTHER_NAMES.map((field) => `!has(object.spec.${field})`).join(' && '),
        message: `${INTERNAL_CA} signs names in spec.dnsNames alone: remove ${OTHER_NAMES.map((field) => `spec.${field}`).join(', ')}`,
      },
      {
        expression: '!object.spec.?isCA.orValue(false)',
        message: `${INTERNAL_CA} signs no other authority: remove spec.isCA`,
      },
    ],
  });
  admissionPolicy(component, {
    name: 'internal-requests',
    reviews: [{ group: GROUP, resources: ['certificaterequests'] }],
    when,
    rules: [
      {
        // The names of a request are encoded in it, and so cannot be reviewed.
        expression: `request.userInfo.username == ${celText(`system:serviceaccount:${component.namespace}:${controller}`)}`,
        message: `requests to ${INTERNAL_CA} are made by cert-manager, of Certificates: write a Certificate`,
      },
    ],
  });
}
