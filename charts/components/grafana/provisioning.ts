import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import type { Mount } from '../../lib/container.ts';
import type { Dashboard } from '../../lib/dashboard.ts';
import type { OnChanges } from '../../lib/on-change.ts';

/** A server that Grafana asks. */
export interface DataSource {
  /** Its address in the cluster: `http://prometheus.prometheus:9090`. */
  readonly url: string;
}

/** What Grafana finds when it starts. */
export interface ProvisioningProps {
  readonly prometheus: DataSource & {
    /** How often it reads its targets, as a duration. @default '30s' */
    readonly scrapeInterval?: string;
  };
  readonly alertmanager?: DataSource;
  readonly dashboards: readonly Dashboard[];
}

/** Volumes and mounts of what is provisioned. */
export interface Provisioning {
  readonly volumes: readonly k8s.Volume[];
  readonly mounts: Readonly<Record<string, Mount>>;
  readonly onChange: OnChanges;
}

/** Where the image looks for what to provision. */
const PROVISIONING = '/etc/grafana/provisioning';
/** Where dashboards are; any folder will do. */
const DASHBOARDS = '/etc/grafana/dashboards';
/** Adds ConfigMaps with data sources and dashboards, one for each dashboard. */
export function provisioning(component: Component, props: ProvisioningProps): Provisioning {
  const { name } = component;
  const config = (key: string, content: object): k8s.Volume => {
    new k8s.KubeConfigMap(component, `ConfigMap.${key}`, {
      metadata: { name: `${name}-${key}` },
      // JSON is YAML too.
      data: { [`${key}.yaml`]: `${JSON.stringify(content, null, 2)}\n` },
    });
    return { name: key, configMap: { name: `${name}-${key}` } };
  };
  const dashboards = distinct(props.dashboards);
  const names = dashboards.map((one) => dashboardConfig(component, withoutDeadLinks(one, dashboards)));
  return {
    volumes: [
      config('datasources', { apiVersion: 1, datasources: dataSources(props) }),
      config('providers', { apiVersion: 1, providers: [PROVIDER] }),
      { name: 'dashboards', projected: { sources: names.map((one) => ({ configMap: { name: one } })) } },
    ],
    mounts: {
      [`${PROVISIONING}/datasources`]: { volume: 'datasources' },
      [`${PROVISIONING}/dashboards`]: { volume: 'providers' },
      [DASHBOARDS]: { volume: 'dashboards' },
    },
    onChange: Object.fromEntries(
      names.map((one) => [`ConfigMap/${one}`, { watches: 'Grafana reads the files of dashboards every 30 seconds' }]),
    ),
  };
}

/** Components of one kind have the same dashboard. */
function distinct(dashboards: readonly Dashboard[]): Dashboard[] {
  return [...new Map(dashboards.map((one) => [one.uid, one])).values()].sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

/** A dashboard without links to those of components that the cluster does not have. */
function withoutDeadLinks(dashboard: Dashboard, all: readonly Dashboard[]): Dashboard {
  const uids = new Set(all.map(({ uid }) => uid));
  const isDead = (url = ''): boolean => url.startsWith('/d/') && !uids.has(url.slice('/d/'.length));
  return { ...dashboard, links: dashboard.links?.filter(({ url }) => !isDead(url)) };
}

function dashboardConfig(component: Component, dashboard: Dashboard): string {
  const name = `dashboard-${dashboard.uid}`;
  const text = JSON.stringify(dashboard);
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { [`${dashboard.uid}.json`]: text },
  });
  return name;
}

const PROVIDER = {
  name: 'slipway',
  type: 'file',
  // What people could save would be lost with the next restart: dashboards are in Git.
  allowUiUpdates: false,
  updateIntervalSeconds: 30,
  options: { path: DASHBOARDS },
};

/** The uids are those that dashboards name. */
function dataSources({ prometheus, alertmanager }: ProvisioningProps): object[] {
  const common = { access: 'proxy', editable: false };
  return [
    {
      ...common,
      name: 'Prometheus',
      uid: 'prometheus',
      type: 'prometheus',
      url: prometheus.url,
      isDefault: true,
      // The shortest time over which a rate has values.
      jsonData: { httpMethod: 'POST', prometheusType: 'Prometheus', timeInterval: prometheus.scrapeInterval ?? '30s' },
    },
    ...(alertmanager
      ? [
          {
            ...common,
            name: 'Alertmanager',
            uid: 'alertmanager',
            type: 'alertmanager',
            url: alertmanager.url,
            jsonData: { implementation: 'prometheus', handleGrafanaManagedAlerts: false },
          },
        ]
      : []),
  ];
}
