import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { IAlertmanager } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager';
import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import { Component } from '../../component.ts';
import { INSTANCE, NAME } from '../../lib/labels.ts';
import { lazy } from '../../lib/lazy.ts';
import type { MetricsPods } from '../../lib/metrics.ts';
import { connect, type Endpoint } from '../../lib/network.ts';
import { operatedImage, operatedPods, operatedVolume } from '../../lib/operated-pods.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import type { Storage } from '../../lib/stateful-set.ts';
import type { Alerts, RuleGroup } from '../../rules/rule.ts';
import type { PrometheusOperator } from '../prometheus-operator/prometheus-operator.ts';
import { ALERTMANAGER_ALERTS } from './alerts.ts';
import { openings, receiver } from './receivers.ts';
import { inhibitions } from './inhibitions.ts';
import { routes } from './routes.ts';
import { type alertmanagerSettings, NOBODY } from './settings.ts';

/** Props of Alertmanager. */
export interface AlertmanagerProps extends Readonly<z.output<typeof alertmanagerSettings>> {
  readonly image: string;
  readonly operator: PrometheusOperator;
  readonly storage: Storage;
  readonly secrets: SecretStore;
}

/** Namespace of the component, which the operator is told of. */
export const ALERTMANAGER = 'alertmanager';

/** Name of the Alertmanager object and of its configuration; the operator names what it makes after it. */
const INSTANCE_NAME = 'main';
const PORT = 9093;
/** Headless Service of the servers, by which they find each other. */
const GOVERNING = 'alertmanager-pods';

/** Alertmanager: tells people of alerts, each once, and keeps silences. */
export class Alertmanager extends Component {
  readonly server: Endpoint;
  /** The Service that Prometheus finds the servers by. */
  readonly service = ALERTMANAGER;
  /** Where others query it. */
  readonly url = `http://${ALERTMANAGER}.${ALERTMANAGER}.svc:${PORT}`;
  override readonly rules = [{ name: ALERTMANAGER, alerts: ALERTMANAGER_ALERTS }];
  override readonly metricsPods: readonly MetricsPods[];
  private expected: Alerts = {};

  constructor(props: AlertmanagerProps) {
    super(ALERTMANAGER, { tier: 'monitoring', keepNamespace: true });
    const labels = { [NAME]: this.name, [INSTANCE]: INSTANCE_NAME };
    this.server = this.policy(props, labels);
    const metrics = [{ port: 'web' }, { port: 'reloader-web' }];
    this.metricsPods = [{ name: this.name, labels, endpoint: this.server, metrics }];
    this.services(labels);
    props.operator.manage(this);
    this.configuration(props);
    this.alertmanager(props, labels);
  }

  /** Tells it of alerts that Prometheus will send: some of them mute others. */
  expect(groups: readonly RuleGroup[]): void {
    for (const { alerts } of groups) this.expected = { ...this.expected, ...alerts };
  }

  private policy({ receivers, replicas }: AlertmanagerProps, labels: Readonly<Record<string, string>>): Endpoint {
    const server = this.endpoint(
      'server',
      labels,
      { egress: openings(Object.values(receivers)) },
      { web: PORT, 'reloader-web': 8080, mesh: 9094 },
    );
    if (replicas > 1) connect(server, server, 'mesh');
    return server;
  }

  private services(selector: Readonly<Record<string, string>>): void {
    const port = (name: string, number: number) => ({
      name,
      port: number,
      targetPort: k8s.IntOrString.fromNumber(number),
      protocol: 'TCP',
    });
    new k8s.KubeService(this, 'Service.pods', {
      metadata: { name: GOVERNING },
      spec: {
        clusterIp: 'None',
        // They find each other before they are ready.
        publishNotReadyAddresses: true,
        selector: { ...selector },
        ports: [port('web', PORT)],
      },
    });
    new k8s.KubeService(this, 'Service', {
      metadata: { name: this.service },
      spec: { type: 'ClusterIP', sessionAffinity: 'ClientIP', selector: { ...selector }, ports: [port('web', PORT)] },
    });
  }

  private configuration({ receivers, secrets, ...props }: AlertmanagerProps): void {
    this.add<IAlertmanagerConfig>({
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'AlertmanagerConfig',
      metadata: { name: INSTANCE_NAME },
      spec: {
        route: routes(props),
        receivers: [
          { name: NOBODY },
          ...Object.entries(receivers).map(([name, one]) => receiver(this, secrets, name, one)),
        ],
        inhibitRules: lazy(() => inhibitions(this.expected)),
      },
    });
  }

  private alertmanager(props: AlertmanagerProps, labels: Readonly<Record<string, string>>): void {
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: this.name },
      automountServiceAccountToken: false,
    });
    this.add<IAlertmanager>({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Alertmanager',
      metadata: { name: INSTANCE_NAME },
      spec: {
        ...operatedPods(this, INSTANCE_NAME, { ...props, settings: props, labels, user: 65534 }),
        ...operatedImage(props.image),
        serviceAccountName: this.name,
        automountServiceAccountToken: false,
        serviceName: GOVERNING,
        storage: operatedVolume({
          name: 'silences',
          size: props.size,
          storage: props.storage,
          noBackupBecause: 'silences end by themselves, and every server has all of them',
        }),
        // The configuration of all alerts: what others configure is for their namespace, and is not read.
        alertmanagerConfiguration: { name: INSTANCE_NAME },
        logFormat: 'json',
      },
    });
  }
}
