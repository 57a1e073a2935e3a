import { suggest } from '../../fault.ts';

/** Feature gates of one program, each with the values that break it and why. */
export type Gates = Readonly<Record<string, { readonly [value in 'true' | 'false']?: string }>>;

const CERTIFICATE_SIGNING_REQUESTS = 'it needs permissions on CertificateSigningRequests that are not granted';
const GATEWAY = 'HTTP-01 challenges are served by the Gateway';

/** Gates of the webhook, which the controller has too. */
export const WEBHOOK_GATES: Gates = {
  AdditionalCertificateOutputFormats: {},
  DisallowInsecureCSRUsageDefinition: {},
  LiteralCertificateSubject: {},
  NameConstraints: {},
  OtherNames: {},
};

/** Gates of the controller. */
export const CONTROLLER_GATES: Gates = {
  ...WEBHOOK_GATES,
  ACMEHTTP01IngressPathTypeExact: {},
  ACMEUseARI: {},
  DefaultPrivateKeyRotationPolicyAlways: {},
  ExperimentalCertificateSigningRequestControllers: { true: CERTIFICATE_SIGNING_REQUESTS },
  ExperimentalGatewayAPISupport: { false: GATEWAY },
  ListenerSets: { true: 'it has no permissions on ListenerSets' },
  SecretsFilteredCaching: {},
  ServerSideApply: {},
  StableCertificateRequestName: {},
  UseCertificateRequestBasicConstraints: {},
  UseDomainQualifiedFinalizer: {},
  ValidateCAA: { true: 'cert-manager has removed it, and ignores it' },
  AllAlpha: { true: `of ExperimentalCertificateSigningRequestControllers, ${CERTIFICATE_SIGNING_REQUESTS}` },
  AllBeta: { false: `of ExperimentalGatewayAPISupport, ${GATEWAY}` },
};

/** Gates of cainjector. */
export const CAINJECTOR_GATES: Gates = { CAInjectorMerging: {}, ServerSideApply: {} };

/** What `Gate=true,Other=false` must be, if it is not: a program does not start with a gate that it does not know. */
export function gatesMistake(text: string, gates: Gates): string | undefined {
  const pairs = text.split(',').map((pair) => /^(\w+)=(true|false)$/.exec(pair));
  const seen = new Set<string>();
  for (const pair of pairs) {
    const [, name, value] = pair ?? [];
    if (name === undefined || value === undefined) return 'must be "Gate=true,Other=false"';
    const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
    if (!gate) return `must have known feature gates only, not ${name}: ${suggest(name, Object.keys(gates))}`;
    const reason = gate[value as 'true' | 'false'];
    if (reason) return `must be without ${name}=${value}: ${reason}`;
    if (seen.has(name)) return `must name ${name} once`;
    seen.add(name);
  }
  return undefined;
}
