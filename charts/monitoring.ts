import type { Repository } from './applications.ts';
import type { Cluster } from './cluster-file.ts';
import type { Component } from './component.ts';
import { Alertmanager, ALERTMANAGER } from './components/alertmanager/alertmanager.ts';
import { BlackboxExporter } from './components/blackbox-exporter/blackbox-exporter.ts';
import type { Gateway } from './components/gateway/gateway.ts';
import { Grafana } from './components/grafana/grafana.ts';
import { KubeStateMetrics } from './components/kube-state-metrics/kube-state-metrics.ts';
import { NodeExporter } from './components/node-exporter/node-exporter.ts';
import { Prometheus, PROMETHEUS } from './components/prometheus/prometheus.ts';
import { PrometheusOperator } from './components/prometheus-operator/prometheus-operator.ts';
import { prometheusOperatorSettings } from './components/prometheus-operator/settings.ts';
import type { SettingPath } from './fault.ts';
import { addressOf } from './fleet/repository.ts';
import { PROMETHEUS_OPERATOR_UPSTREAM } from './kinds/prometheus-operator.ts';
import { Definitions } from './lib/definitions.ts';
import { isLocalhost } from './lib/host.ts';
import { scrape } from './lib/metrics.ts';
import type { HostBinding } from './lib/route.ts';
import type { SecretStore } from './lib/secrets.ts';
import { checkMonitored } from './prerequisites.ts';
import { type AlertChanges, ChangedAlerts } from './rules/changes.ts';
import { prometheusRule } from './rules/prometheus-rule.ts';
import { upstreamOf } from './upstream/upstream.ts';

/** What the monitoring part of the composition root needs of the rest. */
interface Rest {
  readonly add: <T extends Component>(component: T) => T;
  readonly components: readonly Component[];
  readonly gateway: Gateway;
  readonly secrets: SecretStore;
  /** Reserves a host for a component, by default one of the cluster's domain. */
  readonly bind: (setting: SettingPath, component: string, host?: string) => HostBinding;
}

/** The servers of a cluster that is monitored. */
interface Monitoring {
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager | undefined;
}

/**
 * Creates the components of the tier `monitoring`, after all that have a public host.
 *
 * @returns the servers that are to monitor the others, if the cluster has them
 * @throws Fault for each setting that is about monitoring, if there is no Prometheus
 */
export function addMonitoring(
  { name: cluster, settings, cloud, pins }: Pick<Cluster, 'name' | 'settings' | 'cloud' | 'pins'>,
  { add, components, gateway, secrets, bind }: Rest,
): Monitoring | undefined {
  checkMonitored(settings);
  if (!settings.prometheus) return undefined;

  const operatorPins = pins.of('prometheus-operator');
  const upstream = upstreamOf('prometheus-operator', operatorPins);
  add(new Definitions(PROMETHEUS_OPERATOR_UPSTREAM, operatorPins.release('prometheus-operator')));
  const operator = add(
    new PrometheusOperator({
      ...(settings.prometheusOperator ?? prometheusOperatorSettings.parse({})),
      images: {
        ...operatorPins.images('prometheus-operator', 'server', 'webhook'),
        reloader: operatorPins.image('prometheus-config-reloader'),
      },
      upstream,
      servers: { prometheus: PROMETHEUS, alertmanager: settings.alertmanager && ALERTMANAGER },
    }),
  );
  const servers = { operator, storage: cloud.storage, secrets };
  const alertmanager =
    settings.alertmanager &&
    add(
      new Alertmanager({ ...settings.alertmanager, ...servers, image: pins.of('alertmanager').image('alertmanager') }),
    );
  const prometheus = add(
    new Prometheus({
      ...settings.prometheus,
      ...servers,
      image: pins.of('prometheus').image('prometheus'),
      upstream,
      cluster,
      alertmanager,
      nodes: cloud.nodes,
      kubeletSelfSigned: cloud.kubeletSelfSigned,
    }),
  );
  upstream.checkSettled();

  if (settings.nodeExporter)
    add(new NodeExporter({ ...settings.nodeExporter, image: pins.of('node-exporter').image('node-exporter') }));
  if (settings.kubeStateMetrics) {
    add(
      new KubeStateMetrics({
        ...settings.kubeStateMetrics,
        image: pins.of('kube-state-metrics').image('kube-state-metrics'),
        upstream: upstreamOf('kube-state-metrics', pins.of('kube-state-metrics')),
      }),
    );
  }
  if (settings.grafana) {
    const { host, ...grafana } = settings.grafana;
    add(
      new Grafana({
        ...grafana,
        image: pins.of('grafana').image('grafana'),
        binding: bind(['grafana'], 'grafana', host),
        secrets,
        prometheus: {
          url: prometheus.url,
          endpoint: prometheus.server,
          scrapeInterval: settings.prometheus.scrapeInterval,
        },
        alertmanager: alertmanager && { url: alertmanager.url, endpoint: alertmanager.server },
        dashboards: components.flatMap(({ dashboards }) => dashboards),
      }),
    );
  }
  // Last, because it asks every host.
  if (settings.blackboxExporter) {
    add(
      new BlackboxExporter({
        ...settings.blackboxExporter,
        image: pins.of('blackbox-exporter').image('blackbox-exporter'),
        hosts: gateway.publicHosts,
        gateway: isLocalhost(settings.domain) ? { address: gateway.address, endpoint: gateway.server } : undefined,
      }),
    );
  }
  return { prometheus, alertmanager };
}

/**
 * Has Prometheus collect the metrics of every component and evaluate its rules, and Alertmanager mute some for others.
 *
 * @param changes of alerts, by their names
 * @param repository where people read the runbooks
 * @throws Fault for a change of an alert that the cluster does not have, or that changes nothing
 */
export function monitor(
  components: readonly Component[],
  { prometheus, alertmanager }: Monitoring,
  changes: AlertChanges,
  repository: Repository,
): void {
  const changed = new ChangedAlerts(changes);
  for (const component of components) {
    // Prometheus has the configuration for what is applied when its kinds are not there yet.
    const home = component.appliedByBootstrap ? prometheus : component;
    scrape(component, prometheus, home);
    const groups = changed.applyTo(component.rules);
    prometheusRule(home, component, groups, (page) => addressOf(repository, `docs/runbooks/${page}.md`));
    alertmanager?.expect(groups);
  }
  changed.checkFound();
}
