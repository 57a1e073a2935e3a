import type { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { controllerProbes } from '../../lib/controller-probes.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { PROMETHEUS_OPERATOR_ALERTS } from './alerts.ts';
import { clusterRules, serverRules } from './rules.ts';
import type { prometheusOperatorSettings } from './settings.ts';
import { webhook } from './webhook.ts';

/** Props of the Prometheus Operator. */
export interface PrometheusOperatorProps extends Readonly<z.output<typeof prometheusOperatorSettings>> {
  readonly images: {
    readonly server: string;
    readonly webhook: string;
    /** Of the sidecar that reloads the configuration of its servers. */
    readonly reloader: string;
  };
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** Namespaces of its servers. */
  readonly servers: {
    readonly prometheus: string;
    /** None without an Alertmanager. */
    readonly alertmanager?: string;
  };
}

const PORT = 8080;

/** Resources of the sidecars and init containers that it adds to servers. */
const RELOADER = { 'cpu-request': '10m', 'cpu-limit': '100m', 'memory-request': '64Mi', 'memory-limit': '64Mi' };

/**
 * The Prometheus Operator: runs Prometheus and Alertmanager, configured by the monitors and rules of every component.
 * It reads what others configure in the whole cluster, and Secrets in the namespaces of its servers only.
 */
export class PrometheusOperator extends Component {
  override readonly rules = [{ name: 'prometheus-operator', alerts: PROMETHEUS_OPERATOR_ALERTS }];
  private readonly rights: k8s.PolicyRule[];

  constructor(props: PrometheusOperatorProps) {
    super('prometheus-operator', { tier: 'monitoring' });
    this.rights = serverRules(props.upstream);
    const { name } = new Deployment(this, {
      settings: props,
      role: 'server',
      // It has no leader election: two pods would both write.
      strategy: 'Recreate',
      apiAccess: true,
      containers: [this.container(props)],
      openings: { egress: [API_SERVER] },
    });
    grantInCluster(this, { name, serviceAccount: name, rules: clusterRules(props.upstream) });
    webhook(this, { settings: props.webhook, image: props.images.webhook, alertmanager: props.servers.alertmanager });
  }

  /** Lets it run servers in the namespace of a component. */
  manage(component: Component): void {
    grantInNamespace(component, {
      name: this.name,
      serviceAccount: this.name,
      of: this.namespace,
      rules: this.rights,
    });
  }

  private container({ images, servers }: PrometheusOperatorProps): ContainerProps {
    const { prometheus, alertmanager = prometheus } = servers;
    return {
      name: this.name,
      image: images.server,
      args: [
        `--web.listen-address=:${PORT}`,
        '--log-format=json',
        `--prometheus-instance-namespaces=${prometheus}`,
        `--alertmanager-instance-namespaces=${alertmanager}`,
        `--alertmanager-config-namespaces=${alertmanager}`,
        '--disable-unmanaged-prometheus-configuration=true',
        `--prometheus-config-reloader=${images.reloader}`,
        '--enable-config-reloader-probes=true',
        ...Object.entries(RELOADER).map(([resource, amount]) => `--config-reloader-${resource}=${amount}`),
      ],
      ports: { http: PORT },
      metrics: { port: 'http' },
      resources: { cpu: '20m', cpuLimit: '500m', memory: '128Mi' },
      ...controllerProbes('/healthz', 'http'),
    };
  }
}
