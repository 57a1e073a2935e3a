import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { bindInCluster, bindInNamespace, grantInCluster } from '../../lib/rbac.ts';
import type { metricsServerSettings } from './settings.ts';

/** Props of metrics-server. */
export interface MetricsServerProps extends Readonly<z.output<typeof metricsServerSettings>> {
  readonly image: string;
  /** True if kubelets have self-signed certificates, which it then does not check. */
  readonly kubeletSelfSigned: boolean;
}

const PORT = 10250;
const TLS = { volume: 'tls', path: '/etc/metrics-server/tls', secret: 'metrics-server-tls' };

/** The resource metrics API, which autoscalers and `kubectl top` ask for CPU and memory in use. */
export class MetricsServer extends Component {
  constructor(props: MetricsServerProps) {
    super('metrics-server', { tier: 'platform' });
    const deployment = this.server(props);
    deployment.service({ https: { port: 443, target: 'https' } });
    this.rights(deployment.name);
    this.certificate(deployment.name);
    this.apiService(deployment);
  }

  private server(props: MetricsServerProps): Deployment {
    return new Deployment(this, {
      role: 'server',
      replicas: props.replicas,
      apiAccess: true,
      priorityClassName: 'system-cluster-critical',
      containers: [this.container(props)],
      volumes: [{ name: TLS.volume, secret: { secretName: TLS.secret } }],
      openings: {
        // From the API server and to kubelets: addresses of the control plane and of nodes, which no policy can select.
        ingress: [{ tcp: [PORT] }],
        egress: [API_SERVER, { tcp: [PORT] }],
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
        // Names of nodes need not resolve in pods.
        '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        '--kubelet-use-node-status-port',
        '--metric-resolution=15s',
        ...(kubeletSelfSigned ? ['--kubelet-insecure-tls'] : []),
      ],
      ports: { https: PORT },
      resources: { cpu: '100m', cpuLimit: '1', memory: '256Mi' },
      startup: httpsProbe('/livez', { periodSeconds: 2, failureThreshold: 30 }),
      liveness: httpsProbe('/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
      // Ready from the second round of numbers on.
      readiness: httpsProbe('/readyz', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
      mounts: { [TLS.path]: { volume: TLS.volume } },
    };
  }

  private rights(serviceAccount: string): void {
    grantInCluster(this, {
      name: this.name,
      serviceAccount,
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    // Asks the API server who its callers are and what they may do.
    bindInCluster(this, { name: `${this.name}-auth-delegator`, serviceAccount, clusterRole: 'system:auth-delegator' });
    bindInNamespace(this, {
      name: `${this.name}-auth-reader`,
      namespace: 'kube-system',
      serviceAccount,
      role: 'extension-apiserver-authentication-reader',
    });
    new k8s.KubeClusterRole(this, 'ClusterRole.view', {
      // Becomes part of `view`, and with it of `edit` and `admin`.
      metadata: { name: `${this.name}-view`, labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }],
    });
  }

  /**
   * Self-signed: only the API server checks it, against what cert-manager copies into the APIService. Between a renewal
   * and the pods' reading of it no metrics are served, so it is renewed seldom.
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
    // Healthy once somebody answers; applied with the Service that it refers to, it would hold up those who shall.
    apiService.addDependency(server);
  }
}

function httpsProbe(path: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'>): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString('https'), scheme: 'HTTPS' }, ...timing };
}
