import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { IProbe } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Probe';
import { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { connect, type Endpoint, HTTPS_ANYWHERE } from '../../lib/network.ts';
import { BLACKBOX_EXPORTER_ALERTS } from './alerts.ts';
import { type blackboxExporterSettings, PROBE_SECONDS } from './settings.ts';

/** Props of blackbox-exporter. */
export interface BlackboxExporterProps extends Readonly<z.output<typeof blackboxExporterSettings>> {
  readonly image: string;
  /** Hosts that the gateway serves to the public, with the namespaces whose alerts tell of them. */
  readonly hosts: readonly { readonly host: string; readonly namespace: string }[];
  /** The gateway, where nobody can resolve the hosts and only their authority trusts their certificates; none elsewhere. */
  readonly gateway?: { readonly address: string; readonly endpoint: Endpoint };
}

const PORT = 9115;
const MODULE = 'https';
const CONFIG = { name: 'blackbox-exporter', key: 'config.json', path: '/etc/blackbox-exporter' };

/** What an application may answer at `/` to somebody who has not signed in; an error of a server is none of it. */
const ANSWERS = [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406];

/** blackbox-exporter: asks every public host, as a user would, for Prometheus. */
export class BlackboxExporter extends Component {
  override readonly rules = [{ name: 'blackbox-exporter', alerts: BLACKBOX_EXPORTER_ALERTS }];
  /** Where Prometheus asks for a probe. */
  private readonly exporter: Deployment;

  constructor(props: BlackboxExporterProps) {
    super('blackbox-exporter', { tier: 'monitoring' });
    const { gateway, hosts } = props;
    this.config(gateway !== undefined);
    this.exporter = new Deployment(this, {
      settings: props,
      role: 'server',
      containers: [this.container(props)],
      volumes: [{ name: 'config', configMap: { name: CONFIG.name } }],
      openings: { egress: gateway ? [] : [HTTPS_ANYWHERE] },
    });
    this.exporter.service({ http: { port: PORT, target: 'http' } });
    if (gateway) connect(this.exporter.endpoint, gateway.endpoint, 'websecure');
    for (const host of hosts) this.probe(host, props);
  }

  private config(privateAuthority: boolean): void {
    const http = {
      fail_if_not_ssl: true,
      valid_status_codes: ANSWERS,
      follow_redirects: false,
      preferred_ip_protocol: 'ip4',
      ...(privateAuthority && { tls_config: { insecure_skip_verify: true } }),
    };
    new k8s.KubeConfigMap(this, 'ConfigMap', {
      metadata: { name: CONFIG.name },
      data: { [CONFIG.key]: JSON.stringify({ modules: { [MODULE]: { prober: 'http', timeout: '10s', http } } }) },
    });
  }

  private container({ image }: BlackboxExporterProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: [`--config.file=${CONFIG.path}/${CONFIG.key}`, `--web.listen-address=:${PORT}`, '--log.format=json'],
      ports: { http: PORT },
      metrics: { port: 'http' },
      resources: { cpu: '10m', cpuLimit: '200m', memory: '64Mi' },
      liveness: httpProbe('/-/healthy', 'http', { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
      readiness: httpProbe('/-/healthy', 'http', { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 2 }),
      mounts: { [CONFIG.path]: { volume: 'config' } },
    };
  }

  private probe(
    { host, namespace }: BlackboxExporterProps['hosts'][number],
    { interval, gateway }: BlackboxExporterProps,
  ): void {
    this.add<IProbe>({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Probe',
      metadata: { name: host },
      spec: {
        jobName: 'blackbox',
        interval,
        scrapeTimeout: `${PROBE_SECONDS}s`,
        module: MODULE,
        prober: { url: `${this.exporter.name}.${this.namespace}.svc:${PORT}` },
        params: gateway && [{ name: 'hostname', values: [host] }],
        targets: {
          staticConfig: {
            static: [`https://${gateway?.address ?? host}/`],
            labels: { namespace },
            relabelingConfigs: [{ targetLabel: 'instance', replacement: host }],
          },
        },
      },
    });
  }
}
