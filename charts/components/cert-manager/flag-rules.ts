import { labelMap, objectName } from '../../lib/kubernetes-names.ts';
import { cpuSetting, quantitySetting } from '../../lib/quantity.ts';

// The flags of cert-manager v1.21.1, each either usable or refused with a reason. A test compares their names and types
// with upstream-flags.json, which was taken from its source: a flag that a new version adds is classified here first.

/** Why a cluster file may not set a flag, or what its value must be. */
export type FlagRule = string | { readonly is: string; readonly accepts: (value: string) => boolean };

/** Flags of one program by name. */
export type FlagRules = Readonly<Record<string, FlagRule>>;

const matching = (is: string, pattern: RegExp): FlagRule => ({ is, accepts: (value) => pattern.test(value) });
const every = (is: string, pattern: RegExp): FlagRule => ({
  is,
  accepts: (value) => value.split(',').every((one) => pattern.test(one)),
});

/** A switch is true if it has no value. */
export const SWITCH = matching('true or false', /^(true|false)$/);
const COUNT = matching('an integer above 0', /^[1-9]\d{0,8}$/);
const RATE = matching('a number above 0', /^(?!0*\.?0*$)\d{1,6}(\.\d+)?$/);
const DURATION = matching('a duration above 0, such as 90s or 1h30m', /^(?=.*[1-9])(\d+(h|m|s))+$/);
const TEXT = matching('a value', /^.+$/s);
const LIST = every('values with commas between', /^[^,\s]+$/);
const TLS_VERSION = matching('one of VersionTLS10 to VersionTLS13', /^VersionTLS1[0-3]$/);
const ADDRESS = String.raw`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])`;
const CPU: FlagRule = { is: 'CPUs, such as 100m', accepts: (value) => cpuSetting.safeParse(value).success };
const MEMORY: FlagRule = { is: 'memory, such as 64Mi', accepts: (value) => quantitySetting.safeParse(value).success };
/** A network policy opens this port alone. */
const DNS_SERVERS = every('servers such as 192.0.2.53:53, with port 53', new RegExp(`^${ADDRESS}:53$`));
const LOOPBACK = matching('an address of the pod alone, such as localhost:6060', /^(localhost|127\.0\.0\.1):\d{1,5}$/);

const OWN_NAMESPACE = "it is the component's own namespace";
const TLS = 'the webhook issues its own serving certificate';
const NO_SHIM = 'certificates are not created from annotations; add a Certificate with an issuerRef instead';
const HTTP_METRICS = 'probes and Services rely on metrics over plain HTTP';
const PORTS = 'probes and Services rely on the default';
const ACCOUNT = 'it authenticates as its ServiceAccount';
const CLIENTS = 'the API servers of kind, AKS and EKS present no client certificate to webhooks';
const RETRIES = 'global.leaderElection.renewDeadline is checked against the default of 15 s';

/** Flags of all three programs. */
const SHARED: FlagRules = {
  config: 'use individual flags',
  'enable-profiling': SWITCH,
  kubeconfig: ACCOUNT,
  'log-flush-frequency': DURATION,
  'logging-format': matching('text or json', /^(text|json)$/),
  'metrics-dynamic-serving-ca-secret-name': HTTP_METRICS,
  'metrics-dynamic-serving-ca-secret-namespace': HTTP_METRICS,
  'metrics-dynamic-serving-dns-names': HTTP_METRICS,
  'metrics-dynamic-serving-leaf-duration': HTTP_METRICS,
  'metrics-listen-address': PORTS,
  'metrics-tls-cert-file': HTTP_METRICS,
  'metrics-tls-cipher-suites': HTTP_METRICS,
  'metrics-tls-min-version': HTTP_METRICS,
  'metrics-tls-private-key-file': HTTP_METRICS,
  'profiler-address': LOOPBACK,
  v: 'set global.logLevel',
  vmodule: every('files with a level, such as sync=5', /^[^,=\s]+=\d$/),
};

/** Of a repeated flag, the last one silently wins. */
const ELECTION: FlagRules = {
  'leader-elect': 'it is always on: without it, both pods of an update would issue certificates',
  'leader-election-lease-duration': 'set global.leaderElection.leaseDuration',
  'leader-election-namespace': OWN_NAMESPACE,
  'leader-election-renew-deadline': 'set global.leaderElection.renewDeadline',
  'leader-election-retry-period': RETRIES,
};

/** Flags of the controller. */
export const CONTROLLER_FLAGS: FlagRules = {
  ...SHARED,
  ...ELECTION,
  'acme-http01-solver-extra-labels': {
    is: 'labels such as team=edge',
    accepts: (value) => labelMap.safeParse(Object.fromEntries(value.split(',').map((one) => one.split('=')))).success,
  },
  'acme-http01-solver-image': 'it is the pin "cert-manager-acmesolver"',
  'acme-http01-solver-nameservers': DNS_SERVERS,
  'acme-http01-solver-resource-limits-cpu': CPU,
  'acme-http01-solver-resource-limits-memory': MEMORY,
  'acme-http01-solver-resource-request-cpu': CPU,
  'acme-http01-solver-resource-request-memory': MEMORY,
  'acme-http01-solver-run-as-non-root':
    'namespaces enforce Pod Security restricted, which admits no pod that runs as root',
  'acme-http01-solver-runtime-class-name': {
    is: 'the name of a RuntimeClass',
    accepts: (value) => objectName.safeParse(value).success,
  },
  'auto-certificate-annotations': NO_SHIM,
  'certificate-request-maximum-backoff-duration': DURATION,
  'certificate-request-minimum-backoff-duration': DURATION,
  'cluster-issuer-ambient-credentials': 'the issuers of a public domain solve challenges with the cloud identity',
  'cluster-resource-namespace': OWN_NAMESPACE,
  'concurrent-workers': COUNT,
  controllers: 'the other controllers lack permissions',
  'copied-annotation-prefixes': LIST,
  'default-issuer-group': NO_SHIM,
  'default-issuer-kind': NO_SHIM,
  'default-issuer-name': NO_SHIM,
  'dns01-check-retry-period': DURATION,
  'dns01-recursive-nameservers': every(
    'servers such as 192.0.2.53:53, with port 53, or https://192.0.2.53/dns-query',
    new RegExp(String.raw`^(${ADDRESS}:53|https://[^\s,/:]+(/[^\s,]*)?)$`),
  ),
  'dns01-recursive-nameservers-only': SWITCH,
  'enable-certificate-owner-ref': SWITCH,
  'enable-gateway-api': 'it is always set: HTTP-01 challenges are served by the Gateway',
  'enable-gateway-api-listenerset': 'it has no permissions on ListenerSets, and would not start',
  'extra-certificate-annotations': NO_SHIM,
  'feature-gates': 'set featureGates',
  'gateway-api-extra-protocols': NO_SHIM,
  'internal-healthz-leader-election-timeout': 'the liveness probe relies on the default',
  'internal-healthz-listen-address': PORTS,
  'issuer-ambient-credentials': 'an Issuer of any namespace could then change the DNS zone with the cloud identity',
  'kube-api-burst': COUNT,
  'kube-api-qps': RATE,
  master: ACCOUNT,
  'max-certificate-bundle-size': COUNT,
  'max-certificate-chain-length': COUNT,
  'max-certificate-size': COUNT,
  'max-concurrent-challenges': COUNT,
  'max-private-key-size': COUNT,
  namespace: 'it manages all namespaces',
};

/** Flags of the webhook. */
export const WEBHOOK_FLAGS: FlagRules = {
  ...SHARED,
  'api-server-host': ACCOUNT,
  'client-ca-path': CLIENTS,
  'client-subject-names': CLIENTS,
  'dynamic-serving-ca-secret-name': TLS,
  'dynamic-serving-ca-secret-namespace': TLS,
  'dynamic-serving-dns-names': TLS,
  'dynamic-serving-leaf-duration': DURATION,
  'enable-client-verification': CLIENTS,
  'feature-gates': TEXT,
  'healthz-port': PORTS,
  'secure-port': 'set webhook.securePort',
  'tls-cert-file': TLS,
  'tls-cipher-suites': LIST,
  'tls-min-version': TLS_VERSION,
  'tls-private-key-file': TLS,
};

const OWN_WEBHOOK = "the API server would not trust cert-manager's own webhook";

/** Flags of cainjector. */
export const CAINJECTOR_FLAGS: FlagRules = {
  ...SHARED,
  ...ELECTION,
  'enable-apiservices-injectable': SWITCH,
  'enable-certificates-data-source': SWITCH,
  'enable-customresourcedefinitions-injectable':
    'no definition here has a conversion webhook, and cainjector may not update any',
  'enable-mutatingwebhookconfigurations-injectable': OWN_WEBHOOK,
  'enable-validatingwebhookconfigurations-injectable': OWN_WEBHOOK,
  'feature-gates': TEXT,
  'ignore-namespaces': {
    is: 'namespaces other than cert-manager, whose Secret its webhook configurations need',
    accepts: (value) => value.split(',').every((one) => objectName.safeParse(one).success && one !== 'cert-manager'),
  },
  namespace: 'it injects into objects of the whole cluster',
};
