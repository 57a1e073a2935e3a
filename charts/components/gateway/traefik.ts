import { k8s } from 'cdk8s-plus-28';
import type { LoadBalancer } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment, type Replicas } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster } from '../../lib/rbac.ts';

/** What the proxy itself needs to know; see GatewayProps. */
export interface TraefikProps {
  readonly image: string;
  readonly replicas: Replicas;
  readonly trustedForwarders: readonly string[];
  readonly loadBalancer: LoadBalancer;
}

/** Ports of the entry points. A listener is served by the entry point with its port number, so these are the public ones. */
export const ENTRY_POINTS = { web: 80, websecure: 443 } as const;

/** Port of health and metrics: of nobody outside the cluster. */
const ADMIN_PORT = 9000;

/** Seconds in which new connections are still taken after SIGTERM, until load balancers have noticed: Azure takes up to ten. */
const ACCEPT_SECONDS = 15;

/** Seconds that requests under way have after that. */
const FINISH_SECONDS = 20;

/** Seconds that it may take after that to end. */
const EXIT_SECONDS = 15;

/** Traefik with its rights and the Service that the world comes in by. */
export function traefik(component: Component, props: TraefikProps): Deployment {
  const { image, replicas, loadBalancer } = props;
  const deployment = new Deployment(component, {
    role: 'server',
    replicas,
    apiAccess: true,
    priorityClassName: 'system-cluster-critical',
    terminationGracePeriodSeconds: ACCEPT_SECONDS + FINISH_SECONDS + EXIT_SECONDS,
    nodeSelector: loadBalancer.nodeSelector,
    // Ports below 1024 without root and without a capability; one of the sysctls that Kubernetes counts as safe.
    podSecurityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
    containers: [container(image, args(component.name, props))],
    openings: { ingress: [{ tcp: Object.values(ENTRY_POINTS) }], egress: [API_SERVER] },
  });
  service(deployment, loadBalancer);
  grantInCluster(component, { name: component.name, serviceAccount: deployment.name, rules: RULES });
  return deployment;
}

function container(image: string, flags: readonly string[]): ContainerProps {
  return {
    name: 'traefik',
    image,
    args: flags,
    ports: { ...ENTRY_POINTS, admin: ADMIN_PORT },
    resources: { cpu: '200m', cpuLimit: '2', memory: '256Mi' },
    startup: httpProbe('/ping', 'admin', { periodSeconds: 2, failureThreshold: 30 }),
    liveness: httpProbe('/ping', 'admin', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // Answers before the routes are read, which takes a moment: a pod that comes too early says 404 to everybody.
    readiness: httpProbe('/ping', 'admin', {
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 2,
    }),
  };
}

function args(name: string, { loadBalancer, trustedForwarders }: TraefikProps): string[] {
  const { address, proxyProtocolFrom = [] } = loadBalancer;
  return [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=INFO',
    '--log.format=json',
    '--accesslog=true',
    '--accesslog.format=json',
    // Invitations, resets and the like carry their secret in the query.
    '--accesslog.fields.queryparameters.defaultmode=drop',
    '--metrics.prometheus=true',
    '--ping=true',
    // A node whose only pod is leaving still sends to it while it is ready; endpoints leave for the pod's deletion, not for this.
    '--ping.terminatingstatuscode=200',
    '--providers.kubernetesgateway=true',
    // What the Gateways give as their address, and DNS records point at.
    ...(address === undefined
      ? [
          `--providers.kubernetesgateway.statusaddress.service.name=${name}`,
          `--providers.kubernetesgateway.statusaddress.service.namespace=${name}`,
        ]
      : [`--providers.kubernetesgateway.statusaddress.ip=${address}`]),
    ...entryPoint('traefik', ADMIN_PORT),
    ...Object.entries(ENTRY_POINTS).flatMap(([entry, port]) => [
      ...entryPoint(entry, port),
      ...trusted(entry, 'proxyprotocol', proxyProtocolFrom),
      ...trusted(entry, 'forwardedheaders', trustedForwarders),
    ]),
  ];
}

function entryPoint(name: string, port: number): string[] {
  return [
    `--entrypoints.${name}.address=:${port}`,
    `--entrypoints.${name}.transport.lifecycle.requestacceptgracetimeout=${ACCEPT_SECONDS}s`,
    `--entrypoints.${name}.transport.lifecycle.gracetimeout=${FINISH_SECONDS}s`,
  ];
}

/** Believes what these addresses say of who the client is; nobody else's word counts. */
function trusted(entry: string, what: 'proxyprotocol' | 'forwardedheaders', ranges: readonly string[]): string[] {
  return ranges.length > 0 ? [`--entrypoints.${entry}.${what}.trustedips=${ranges.join(',')}`] : [];
}

/** Sent to pods of the node where a packet arrives, which keeps the client's address. */
function service(deployment: Deployment, { type, loadBalancerClass, annotations, nodePorts }: LoadBalancer): void {
  // Without appProtocol: Azure would make it an HTTP probe of a host that is not routed here.
  deployment.service(
    {
      web: { port: ENTRY_POINTS.web, target: 'web', nodePort: nodePorts?.web },
      websecure: { port: ENTRY_POINTS.websecure, target: 'websecure', nodePort: nodePorts?.websecure },
    },
    { type, loadBalancerClass, externalTrafficPolicy: 'Local' },
    annotations,
  );
}

const GATEWAY_API = 'gateway.networking.k8s.io';
const ROUTED = ['gateways', 'httproutes', 'grpcroutes', 'tlsroutes', 'backendtlspolicies'];

/**
 * Exactly what it watches at start, routes of kinds that nobody uses here included: it serves nothing until it has seen
 * all of it. Secrets are among it in the whole cluster, though only the listeners' certificates are used, since it
 * watches them wherever routes and backends may be; naming each namespace would restart it for every new one.
 */
const RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['services', 'configmaps', 'secrets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  {
    apiGroups: [GATEWAY_API],
    resources: ['gatewayclasses', ...ROUTED, 'referencegrants'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: [GATEWAY_API],
    resources: ['gatewayclasses', ...ROUTED].map((resource) => `${resource}/status`),
    verbs: ['update'],
  },
];
