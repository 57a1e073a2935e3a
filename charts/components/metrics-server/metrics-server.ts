import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, httpsProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { type AddressRange, API_SERVER } from '../../lib/network.ts';
import { aggregateToPeople, bindInCluster, bindInNamespace, grantInCluster } from '../../lib/rbac.ts';
import { servingCertificate } from '../../lib/serving-certificate.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { METRICS_SERVER_ALERTS } from './alerts.ts';
import type { metricsServerSettings } from './settings.ts';

/** Props of metrics-server. */
export interface MetricsServerProps extends Readonly<z.output<typeof metricsServerSettings>> {
  readonly image: string;
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** True if kubelets have self-signed certificates, which are then not verified. */
  readonly kubeletSelfSigned: boolean;
  /** Addresses of nodes, whose kubelets it asks. */
  readonly nodes: readonly AddressRange[];
}

const PORT = 10250;
const TLS = { volume: 'tls', path: '/etc/metrics-server/tls', secret: 'metrics-server-tls' };

/** metrics-server: serves the resource metrics API, CPU and memory usage, to autoscalers and `kubectl top`. */
export class MetricsServer extends Component {
  override readonly rules = [{ name: 'metrics-server', alerts: METRICS_SERVER_ALERTS }];

  constructor(props: MetricsServerProps) {
    super('metrics-server', { tier: 'platform' });
    const deployment = this.server(props);
    deployment.service({ https: { port: 443, target: 'https' } });
    this.rights(deployment.name, props.upstream);
    this.apiService(deployment);
  }

  private server(props: MetricsServerProps): Deployment {
    return new Deployment(this, {
      settings: props,
      role: 'server',
      replicas: props.replicas,
      apiAccess: true,
      containers: [this.container(props)],
      volumes: [{ name: TLS.volume, secret: { secretName: TLS.secret } }],
      onChange: { [`Secret/${TLS.secret}`]: { watches: 'it reloads its serving certificate from the files' } },
      openings: {
        // From the API server and to kubelets: a NetworkPolicy can select neither the control plane nor nodes.
        ingress: [{ tcp: [PORT] }],
        egress: [API_SERVER, { peers: props.nodes, tcp: [PORT] }],
      },
    });
  }

  private container({ image, kubeletSelfSigned }: MetricsServerProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: [
        `--secure-port=${PORT}`,
        `--tls-cert-file=${TLS.path}/tls.crt`,
        `--tls-private-key-file=${TLS.path}/tls.key`,
        // Node names may not resolve in pods.
        '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        '--kubelet-use-node-status-port',
        '--metric-resolution=15s',
        ...(kubeletSelfSigned ? ['--kubelet-insecure-tls'] : []),
      ],
      ports: { https: PORT },
      metrics: { port: 'https', tokenOverTls: true },
      resources: { cpu: '100m', cpuLimit: '1', memory: '256Mi' },
      startup: httpsProbe('/livez', 'https', { periodSeconds: 2, failureThreshold: 30 }),
      liveness: httpsProbe('/livez', 'https', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
      // Ready after the second scrape.
      readiness: httpsProbe('/readyz', 'https', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
      mounts: { [TLS.path]: { volume: TLS.volume } },
    };
  }

  private rights(serviceAccount: string, upstream: Upstream): void {
    const rules = upstream.rules(['system:metrics-server']);
    grantInCluster(this, { name: this.name, serviceAccount, rules });
    // Delegates authentication and authorization to the API server.
    bindInCluster(this, { name: `${this.name}-auth-delegator`, serviceAccount, clusterRole: 'system:auth-delegator' });
    bindInNamespace(this, {
      name: `${this.name}-auth-reader`,
      namespace: 'kube-system',
      serviceAccount,
      role: 'extension-apiserver-authentication-reader',
    });
    aggregateToPeople(
      this,
      upstream.rolesOfPeople().map((role) => ({ ...role, name: `${this.name}-view` })),
    );
    upstream.checkSettled();
  }

  private apiService(server: Deployment): void {
    const apiService = new k8s.KubeApiService(this, 'APIService', {
      metadata: {
        name: 'v1beta1.metrics.k8s.io',
        annotations: servingCertificate(this, { name: TLS.secret, service: server.name }),
      },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: server.name, namespace: this.name, port: 443 },
      },
    });
    // It is healthy only once the pods respond; in the wave of the Deployment it would block it.
    apiService.addDependency(server);
  }
}
