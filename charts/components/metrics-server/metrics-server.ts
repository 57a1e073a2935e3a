import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { type AddressRange, API_SERVER } from '../../lib/network.ts';
import { aggregateToPeople, bindInCluster, bindInNamespace, grantInCluster } from '../../lib/rbac.ts';
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
    this.certificate(deployment.name);
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
      startup: httpsProbe('/livez', { periodSeconds: 2, failureThreshold: 30 }),
      liveness: httpsProbe('/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
      // Ready after the second scrape.
      readiness: httpsProbe('/readyz', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
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

  /**
   * Self-signed: only the API server verifies it, against the caBundle that cert-manager injects into the APIService.
   * From a renewal until the pods reload it no metrics are served, so it is long-lived.
   */
  private certificate(service: string): void {
    this.add<IIssuer>({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: TLS.secret },
      spec: { selfSigned: {} },
    });
    this.add<ICertificate>({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: TLS.secret },
      spec: {
        secretName: TLS.secret,
        issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: TLS.secret },
        commonName: service,
        dnsNames: [`${service}.${this.name}.svc`],
        duration: '8760h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        usages: ['digital signature', 'server auth'],
      },
    });
  }

  private apiService(server: Deployment): void {
    const apiService = new k8s.KubeApiService(this, 'APIService', {
      metadata: {
        name: 'v1beta1.metrics.k8s.io',
        annotations: { 'cert-manager.io/inject-ca-from': `${this.name}/${TLS.secret}` },
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

function httpsProbe(path: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'>): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString('https'), scheme: 'HTTPS' }, ...timing };
}
