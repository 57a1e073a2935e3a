import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { IPrometheus } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus';
import { Component } from '../../component.ts';
import { portOf } from '../../lib/host.ts';
import { INSTANCE, NAME } from '../../lib/labels.ts';
import { type MetricsPods, type Scraper, TOKEN_OVER_TLS } from '../../lib/metrics.ts';
import { type AddressRange, anywhere, API_SERVER, connect, type Endpoint } from '../../lib/network.ts';
import { operatedImage, operatedPods, operatedVolume } from '../../lib/operated-pods.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { grantInCluster } from '../../lib/rbac.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { Storage } from '../../lib/stateful-set.ts';
import { OBJECTIVE_ALERTS } from '../../rules/objective.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Alertmanager } from '../alertmanager/alertmanager.ts';
import type { PrometheusOperator } from '../prometheus-operator/prometheus-operator.ts';
import { PROMETHEUS_ALERTS } from './alerts.ts';
import { CLUSTER_ALERTS } from './cluster-alerts.ts';
import { CLUSTER_AUTHORITY, clusterTargets } from './cluster-targets.ts';
import type { prometheusSettings } from './settings.ts';

/** Props of Prometheus. */
export interface PrometheusProps extends Readonly<z.output<typeof prometheusSettings>> {
  readonly image: string;
  /** What its operator asks for at this version. */
  readonly upstream: Upstream;
  readonly operator: PrometheusOperator;
  /** Name of the cluster: a label of everything that leaves it. */
  readonly cluster: string;
  /** Where alerts go; none without an Alertmanager. */
  readonly alertmanager?: Alertmanager;
  readonly storage: Storage;
  readonly secrets: SecretStore;
  /** Addresses of nodes, whose kubelets it asks. */
  readonly nodes: readonly AddressRange[];
  /** True if kubelets have self-signed certificates, which are then not verified. */
  readonly kubeletSelfSigned: boolean;
}

/** Namespace of the component, which the operator is told of. */
export const PROMETHEUS = 'prometheus';

/** Name of the Prometheus object; the operator names what it makes after it. */
const INSTANCE_NAME = 'main';
/** Headless Service of the servers. */
const GOVERNING = 'prometheus-pods';
const PORT = 9090;
const KUBELET = 10250;
/** UID of the image's user. */
const NOBODY = 65534;
const TOKENS = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Share of the volume for samples; the rest is for the log and for compaction. */
const FOR_SAMPLES = 0.8;

/** How targets are asked that want the token of the ServiceAccount. */
const SCRAPE_CLASSES = [
  {
    name: CLUSTER_AUTHORITY,
    authorization: { credentialsFile: `${TOKENS}/token` },
    tlsConfig: { caFile: `${TOKENS}/ca.crt` },
  },
  {
    name: TOKEN_OVER_TLS,
    authorization: { credentialsFile: `${TOKENS}/token` },
    tlsConfig: { insecureSkipVerify: true },
  },
];

/** It reads the monitors and rules of every namespace. */
const OF_ALL_NAMESPACES = {
  podMonitorSelector: {},
  podMonitorNamespaceSelector: {},
  serviceMonitorSelector: {},
  serviceMonitorNamespaceSelector: {},
  probeSelector: {},
  probeNamespaceSelector: {},
  scrapeConfigSelector: {},
  scrapeConfigNamespaceSelector: {},
  ruleSelector: {},
  ruleNamespaceSelector: {},
};

/**
 * Prometheus: collects what every component of the cluster says of itself, evaluates their rules, and tells Alertmanager.
 * Several servers collect the same.
 */
export class Prometheus extends Component implements Scraper {
  override readonly rules = [
    { name: PROMETHEUS, alerts: PROMETHEUS_ALERTS },
    { name: 'cluster', alerts: CLUSTER_ALERTS },
    { name: 'slo', alerts: OBJECTIVE_ALERTS },
  ];
  readonly server: Endpoint;
  /** Where others query it. */
  readonly url: string;
  override readonly metricsPods: readonly MetricsPods[];

  constructor(props: PrometheusProps) {
    super(PROMETHEUS, { tier: 'monitoring', keepNamespace: true });
    const labels = { [NAME]: this.name, [INSTANCE]: INSTANCE_NAME };
    this.server = this.policy(props, labels);
    const metrics = [{ port: 'web' }, { port: 'reloader-web' }];
    this.metricsPods = [{ name: this.name, labels, endpoint: this.server, metrics }];
    this.url = this.services(labels);
    this.rights(props.upstream);
    props.operator.manage(this);
    this.prometheus(props, labels);
    clusterTargets(this, props);
    if (props.alertmanager) connect(this.server, props.alertmanager.server, 'web');
  }

  private policy({ nodes, remoteWrite }: PrometheusProps, labels: Readonly<Record<string, string>>): Endpoint {
    const ports = new Set(remoteWrite.map(({ url }) => portOf(url)));
    return this.endpoint(
      'server',
      labels,
      { egress: [API_SERVER, { peers: nodes, tcp: [KUBELET] }, ...[...ports].map(anywhere)] },
      { web: PORT, 'reloader-web': 8080 },
    );
  }

  /** One Service names the pods, the other is for queries: a client stays with one server, since no two have the same samples. */
  private services(selector: Readonly<Record<string, string>>): string {
    const ports = [{ name: 'web', port: PORT, targetPort: k8s.IntOrString.fromString('web'), protocol: 'TCP' }];
    new k8s.KubeService(this, 'Service.pods', {
      metadata: { name: GOVERNING },
      spec: { clusterIp: 'None', selector: { ...selector }, ports },
    });
    new k8s.KubeService(this, 'Service', {
      metadata: { name: this.name },
      spec: { type: 'ClusterIP', sessionAffinity: 'ClientIP', selector: { ...selector }, ports },
    });
    return `http://${this.name}.${this.namespace}.svc:${PORT}`;
  }

  /** It finds pods, nodes and API servers, and reads their metrics; it reads nothing else. */
  private rights(upstream: Upstream): void {
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: this.name },
      automountServiceAccountToken: false,
    });
    grantInCluster(this, {
      name: this.name,
      serviceAccount: this.name,
      rules: upstream.rules(['prometheus'], {
        without: [
          { resources: ['configmaps'], because: 'targets come from the monitors, which the operator reads' },
          { resources: ['endpoints'], because: 'EndpointSlices have the same' },
          { group: 'networking.k8s.io', resources: ['ingresses'], because: 'probes name their hosts' },
        ],
      }),
    });
  }

  private prometheus(props: PrometheusProps, labels: Readonly<Record<string, string>>): void {
    this.add<IPrometheus>({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: INSTANCE_NAME },
      spec: {
        ...operatedPods(this, INSTANCE_NAME, { ...props, settings: props, labels, user: NOBODY }),
        ...operatedImage(props.image),
        serviceAccountName: this.name,
        automountServiceAccountToken: true,
        serviceName: GOVERNING,
        retention: props.retention,
        retentionSize: `${Math.floor((bytesOf(props.size) * FOR_SAMPLES) / 2 ** 20)}MB`,
        storage: operatedVolume({
          name: 'metrics',
          size: props.size,
          storage: props.storage,
          noBackupBecause: 'samples are of use for some weeks, and every server has all of them',
        }),
        externalLabels: { cluster: props.cluster },
        scrapeInterval: props.scrapeInterval,
        evaluationInterval: props.scrapeInterval,
        serviceDiscoveryRole: 'EndpointSlice',
        scrapeClasses: SCRAPE_CLASSES,
        // Who may write a monitor could otherwise have the token of this ServiceAccount sent to a pod of theirs.
        arbitraryFSAccessThroughSMs: { deny: true },
        ...OF_ALL_NAMESPACES,
        alerting: props.alertmanager && {
          alertmanagers: [{ name: props.alertmanager.service, namespace: props.alertmanager.namespace, port: 'web' }],
        },
        remoteWrite: this.remoteWrite(props),
        logFormat: 'json',
      },
    });
  }

  private remoteWrite({ remoteWrite, secrets }: PrometheusProps) {
    if (remoteWrite.length === 0) return undefined;
    // Several servers may have the same credentials.
    const entries = new Set(remoteWrite.flatMap(({ secret }) => secret ?? []));
    const credentials = new Map([...entries].map((entry) => [entry, this.credentials(entry, secrets)]));
    return remoteWrite.map(({ url, secret }) => ({ url, basicAuth: secret ? credentials.get(secret) : undefined }));
  }

  /** User name and password of another server. */
  private credentials(entry: string, secrets: SecretStore) {
    const secret = secrets.given(entry, 'prometheus.remoteWrite');
    const name = syncSecret(this, secrets, `remote-write-${entry}`, {
      values: { username: { secret, key: 'username' }, password: { secret, key: 'password' } },
    });
    return { username: { name, key: 'username' }, password: { name, key: 'password' } };
  }
}
