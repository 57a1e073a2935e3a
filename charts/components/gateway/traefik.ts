import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { LoadBalancer } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import { OWN_SECRETS_ARGS, ownSecrets } from './own-secrets.ts';
import type { gatewaySettings } from './settings.ts';

/** Props of Traefik; see GatewayProps. */
export interface TraefikProps extends Readonly<z.output<typeof gatewaySettings>> {
  readonly image: string;
  readonly loadBalancer: LoadBalancer;
}

/** Ports of the entry points: the public ports, because a listener is served by the entry point of the same port. */
export const ENTRY_POINTS = { web: 80, websecure: 443 } as const;

/** Port of health and metrics, not exposed by the Service. */
const ADMIN_PORT = 9000;

/** Seconds that new connections are accepted after SIGTERM, until load balancers react; Azure's takes up to ten. */
const ACCEPT_SECONDS = 15;

/** Seconds for requests in flight after that. */
const FINISH_SECONDS = 20;

/** Seconds for the process to exit after that. */
const EXIT_SECONDS = 15;

/** Traefik with its RBAC and its public Service. */
export function traefik(component: Component, props: TraefikProps): Deployment {
  const { image, replicas, loadBalancer } = props;
  const { volume, mountPath } = ownSecrets(component, component.name);
  const deployment = new Deployment(component, {
    settings: props,
    role: 'server',
    replicas,
    apiAccess: true,
    terminationGracePeriodSeconds: ACCEPT_SECONDS + FINISH_SECONDS + EXIT_SECONDS,
    nodeSelector: loadBalancer.nodeSelector,
    // Binds ports below 1024 without root or a capability; this sysctl is on Kubernetes' safe list.
    podSecurityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
    containers: [
      { ...container(image, args(component.name, props)), mounts: { [mountPath]: { volume: volume.name } } },
    ],
    volumes: [volume],
    openings: { ingress: [{ tcp: Object.values(ENTRY_POINTS) }], egress: [API_SERVER] },
  });
  service(deployment, loadBalancer);
  grantInCluster(component, { name: component.name, serviceAccount: deployment.name, rules: RULES });
  grantInNamespace(component, { name: component.name, serviceAccount: deployment.name, rules: CERTIFICATES });
  return deployment;
}

function container(image: string, flags: readonly string[]): ContainerProps {
  return {
    name: 'traefik',
    image,
    args: flags,
    ports: { ...ENTRY_POINTS, admin: ADMIN_PORT },
    metrics: { port: 'admin' },
    // At the autoscaler's target, nine pods use what one may: below that, it would add pods that nobody needs.
    resources: { cpu: '500m', cpuLimit: '2', memory: '256Mi' },
    startup: httpProbe('/ping', 'admin', { periodSeconds: 2, failureThreshold: 30 }),
    liveness: httpProbe('/ping', 'admin', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // /ping succeeds before the routes are loaded; a pod that is ready too early responds with 404.
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
    // Query parameters may contain secrets, such as tokens of invitations and password resets.
    '--accesslog.fields.queryparameters.defaultmode=drop',
    '--metrics.prometheus=true',
    '--ping=true',
    // A terminating pod stays ready, so that a node without another pod still routes to it; readiness is not needed to
    // remove its endpoint, the deletion of the pod does that.
    '--ping.terminatingstatuscode=200',
    '--providers.kubernetesgateway=true',
    ...OWN_SECRETS_ARGS,
    // Otherwise a route of anybody could lead to Traefik's own services: its metrics, and the route to the API server.
    `--providers.kubernetesgateway.crossprovidernamespaces=${name}`,
    // Address in the status of the Gateways, and target of DNS records.
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

/** Trusts the client address sent by these CIDRs only. */
function trusted(entry: string, what: 'proxyprotocol' | 'forwardedheaders', ranges: readonly string[]): string[] {
  return ranges.length > 0 ? [`--entrypoints.${entry}.${what}.trustedips=${ranges.join(',')}`] : [];
}

/** externalTrafficPolicy Local preserves the client address. */
function service(deployment: Deployment, { type, loadBalancerClass, annotations, nodePorts }: LoadBalancer): void {
  // Without appProtocol, from which Azure would derive an HTTP probe with a host that is not routed.
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
 * Exactly what it watches at startup, including unused kinds of routes: it serves nothing until all informers have
 * synced. A list of namespaces would restart it for each new one.
 */
const RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['services', 'configmaps'], verbs: ['get', 'list', 'watch'] },
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

/** The certificates of listeners, in its own namespace. */
const CERTIFICATES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
];
