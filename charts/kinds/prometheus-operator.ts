import { ALERT_RULES } from './immutable.ts';
import { INSTANCE, NAME } from '../lib/labels.ts';
import { at, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { adoptedClaims } from './workloads.ts';
import { custom, type CustomDeclaration, type References, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'monitoring.coreos.com';

/** The Prometheus Operator's definitions. */
export const PROMETHEUS_OPERATOR_UPSTREAM: UpstreamDefinitions = {
  name: 'prometheus-operator-crds',
  repository: 'https://github.com/prometheus-operator/prometheus-operator',
  paths: ['example/prometheus-operator-crd'],
};

const monitoring = (kind: string, declaration: Omit<CustomDeclaration, 'schema' | 'upstream'>) =>
  custom(GROUP, kind, { schema: 'api server', upstream: PROMETHEUS_OPERATOR_UPSTREAM, ...declaration });

const secret = { to: 'Secret', key: 'key' } as const;

/** Authentication and TLS of a scrape, relative to an endpoint. */
const AUTHENTICATION: References = {
  'authorization.credentials': secret,
  bearerTokenSecret: secret,
  'basicAuth.username': secret,
  'basicAuth.password': secret,
  'tlsConfig.ca.secret': secret,
  'tlsConfig.ca.configMap': { to: 'ConfigMap', key: 'key' },
  'tlsConfig.cert.secret': secret,
  'tlsConfig.cert.configMap': { to: 'ConfigMap', key: 'key' },
  'tlsConfig.keySecret': secret,
};

/** The same of a ScrapeConfig or a remote write: without the deprecated token. */
const { bearerTokenSecret: _, ...WITHOUT_BEARER } = AUTHENTICATION;

/** The same, relative to a path. */
const below = (path: string, fields = AUTHENTICATION): References =>
  Object.fromEntries(Object.entries(fields).map(([field, reference]) => [`${path}.${field}`, reference]));

/** References and volume claims of the servers that the operator runs. */
const SERVER: Pick<CustomDeclaration, 'references' | 'volumeClaims'> = {
  references: {
    'spec.serviceAccountName': 'ServiceAccount',
    'spec.serviceName': 'Service',
    ...below('spec.remoteWrite[]', WITHOUT_BEARER),
    'spec.priorityClassName': 'scheduling.k8s.io/PriorityClass',
    'spec.imagePullSecrets[]': 'Secret',
    'spec.additionalScrapeConfigs': secret,
  },
  volumeClaims: 'spec.storage.volumeClaimTemplate',
};

/**
 * Health check: servers are healthy once the operator has seen their newest version and their pods are ready. Until
 * then they are Progressing and never Degraded, unlike by Argo CD's built-in check, which fails the sync that creates
 * them: none of the pods is ready at first. For Alertmanager it has none.
 */
const SERVER_HEALTH = `local health = { status = "Progressing", message = "not reconciled yet" }
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Available" then
    if condition.observedGeneration ~= nil and condition.observedGeneration < obj.metadata.generation then
      health.message = "its newest version is not reconciled yet"
    elseif condition.status == "True" then
      health = { status = "Healthy", message = "" }
    else
      health.message = condition.message or condition.reason or ""
    end
  end
end
return health
`;

/** The StatefulSet of a server (prometheus-operator, pkg/prometheus/server/statefulset.go, pkg/alertmanager/statefulset.go). */
const statefulSetOf =
  (program: string) =>
  ({ metadata: { name, namespace, labels }, spec }: Manifest): Manifest => {
    const template = at(spec, 'storage', 'volumeClaimTemplate');
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: `${program}-${name}`, namespace, labels },
      spec: {
        replicas: at(spec, 'replicas') ?? 1,
        selector: { matchLabels: { [NAME]: program, [INSTANCE]: name } },
        template: { spec: { containers: containersOf(program, spec) } },
        volumeClaimTemplates: template === undefined ? [] : [template],
      },
    };
  };

/** The server's container, and those of `containers`, which change it if they have its name. */
function containersOf(program: string, spec: unknown): unknown[] {
  const main = { name: program, image: at(spec, 'image'), resources: at(spec, 'resources') };
  const containers = new Map<string, object>([[program, main]]);
  for (const container of listAt(spec, 'containers')) {
    const name = textAt(container, 'name') ?? '';
    containers.set(name, { ...containers.get(name), ...(container as object) });
  }
  return [...containers.values()];
}

/** What the kinds of servers have in common. */
const server = (program: string): Pick<CustomDeclaration, 'scope' | 'offers' | 'health' | 'statefulSet' | 'needs'> => ({
  scope: 'namespaced',
  offers: 'once healthy',
  health: SERVER_HEALTH,
  statefulSet: statefulSetOf(program),
  needs: (manifest) => adoptedClaims(statefulSetOf(program)(manifest)),
});

/** Kinds of the Prometheus Operator. */
export const prometheusOperator = [
  monitoring('Alertmanager', {
    ...server('alertmanager'),
    references: {
      'spec.serviceAccountName': 'ServiceAccount',
      'spec.serviceName': 'Service',
      'spec.priorityClassName': 'scheduling.k8s.io/PriorityClass',
      'spec.imagePullSecrets[]': 'Secret',
      'spec.configSecret': 'Secret',
      'spec.alertmanagerConfiguration': `${GROUP}/AlertmanagerConfig`,
    },
    volumeClaims: 'spec.storage.volumeClaimTemplate',
  }),
  monitoring('AlertmanagerConfig', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'at once',
    references: {
      'spec.receivers[].emailConfigs[].authPassword': secret,
      'spec.receivers[].opsgenieConfigs[].apiKey': secret,
      'spec.receivers[].pagerdutyConfigs[].routingKey': secret,
      'spec.receivers[].pagerdutyConfigs[].serviceKey': secret,
      'spec.receivers[].slackConfigs[].apiURL': secret,
      'spec.receivers[].webhookConfigs[].urlSecret': secret,
    },
  }),
  monitoring('PodMonitor', {
    scope: 'namespaced',
    offers: 'at once',
    references: below('spec.podMetricsEndpoints[]'),
    selects: { 'spec.selector': 'Pod' },
  }),
  monitoring('Probe', {
    scope: 'namespaced',
    offers: 'at once',
    references: {
      ...below('spec'),
      'spec.targets.ingress': { to: 'networking.k8s.io/Ingress' },
    },
  }),
  monitoring('Prometheus', {
    ...server('prometheus'),
    ...SERVER,
    references: { ...SERVER.references, 'spec.alerting.alertmanagers[]': 'Service' },
  }),
  monitoring('PrometheusAgent', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'once healthy',
    ...SERVER,
  }),
  monitoring('PrometheusRule', { scope: 'namespaced', offers: 'at once', immutable: ALERT_RULES }),
  monitoring('ScrapeConfig', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'at once',
    references: below('spec', WITHOUT_BEARER),
  }),
  monitoring('ServiceMonitor', {
    scope: 'namespaced',
    offers: 'at once',
    references: below('spec.endpoints[]'),
    selects: { 'spec.selector': 'Service' },
  }),
  monitoring('ThanosRuler', { scope: 'namespaced', offers: 'once healthy' }),
];
