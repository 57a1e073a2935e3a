import type { k8s } from 'cdk8s-plus-28';
import type { Identity } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER, HTTPS_ANYWHERE, type Opening, podsOf } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import { isGiven, isOn } from './flags.ts';
import { leaderElectionFlags, METRICS, POD_NAMESPACE, podSettings } from './pods.ts';
import { CONTROLLER_RULES, leaseRules } from './rbac.ts';
import type { CertManagerSettings } from './settings.ts';

/** Props of the controller. */
export interface ControllerProps {
  readonly settings: CertManagerSettings;
  readonly images: { readonly controller: string; readonly acmesolver: string };
  readonly identity: Identity;
  /** Namespace of the gateway that HTTP-01 challenges come in by; undefined if names are not proven to anybody. */
  readonly challengesBy: string | undefined;
}

/** Anywhere but the metadata services. */
const { peers: ANYWHERE = [] } = HTTPS_ANYWHERE;

/** Issues and renews certificates. Its ServiceAccount, which the cloud identity is tied to, is named as the component. */
export function controller(component: Component, props: ControllerProps): void {
  const { settings, identity } = props;
  const shared = podSettings(settings, settings.global);
  const deployment = new Deployment(component, {
    ...shared,
    role: 'controller',
    name: component.name,
    openings: { egress: [...new Set([API_SERVER, ...identity.openings, ...openings(props)])] },
    containers: [container(props)],
    volumes: settings.extraVolumes,
    affinity: affinity(settings),
    dnsPolicy: settings.podDnsPolicy,
    dnsConfig: settings.podDnsConfig,
    podLabels: { ...identity.podLabels, ...shared.podLabels },
    serviceAccountAnnotations: { ...identity.serviceAccountAnnotations, ...shared.serviceAccountAnnotations },
  });
  const { name } = deployment;
  deployment.service(
    { metrics: { port: METRICS.metrics, target: 'metrics' } },
    {},
    settings.serviceAnnotations,
    settings.serviceLabels,
  );
  grantInCluster(component, { name: 'cert-manager-controller', serviceAccount: name, rules: CONTROLLER_RULES });
  grantInNamespace(component, {
    name: 'cert-manager-controller',
    serviceAccount: name,
    rules: leaseRules('cert-manager-controller'),
  });
}

function container({ settings, images, identity }: ControllerProps): ContainerProps {
  return {
    name: 'controller',
    image: images.controller,
    args: [
      `--v=${settings.global.logLevel}`,
      '--cluster-resource-namespace=$(POD_NAMESPACE)',
      ...leaderElectionFlags(settings.global),
      `--acme-http01-solver-image=${images.acmesolver}`,
      '--enable-gateway-api',
      // Certificates are written out, never made from annotations; these two would need more rights.
      '--controllers=*,-ingress-shim,-gateway-shim',
      ...(settings.featureGates ? [`--feature-gates=${settings.featureGates}`] : []),
      ...settings.extraArgs,
    ],
    env: { ...POD_NAMESPACE, ...identity.env, ...proxyEnv(settings), ...settings.extraEnv },
    ports: { ...METRICS, health: 9403 },
    resources: settings.resources ?? { cpu: '10m', cpuLimit: '500m', memory: '256Mi' },
    // Served before it is elected, and once it has found the definitions of the Gateway API.
    startup: httpProbe('/livez', 'health', { periodSeconds: 2, failureThreshold: 30 }),
    // Fails if it is leader but can no longer renew, so it is given the time that a renewal may take.
    liveness: httpProbe('/livez', 'health', { periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8 }),
    mounts: settings.extraVolumeMounts,
  };
}

/** The API server's address is known only in the pod, and never behind the proxy. */
function proxyEnv({ http_proxy, https_proxy, no_proxy }: CertManagerSettings): Record<string, string> {
  if (!http_proxy && !https_proxy) return {};
  return {
    ...(http_proxy && { HTTP_PROXY: http_proxy }),
    ...(https_proxy && { HTTPS_PROXY: https_proxy }),
    NO_PROXY: ['$(KUBERNETES_SERVICE_HOST)', ...no_proxy].join(','),
  };
}

/** Pulumi's node selector for the controller is what Kubernetes calls required node affinity. */
function affinity({ affinity: given, nodeSelector }: CertManagerSettings): k8s.Affinity | undefined {
  if (!nodeSelector) return given;
  return {
    ...given,
    nodeAffinity: { ...given?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: nodeSelector },
  };
}

/** Where names are proven, beside the API server and the cloud. */
function openings({ settings, challengesBy }: ControllerProps): Opening[] {
  const proxies = [settings.http_proxy, settings.https_proxy].filter((url) => url !== undefined).map(portOf);
  const proxy: Opening[] = proxies.length > 0 ? [{ peers: ANYWHERE, tcp: [...new Set(proxies)] }] : [];
  const lookUps: Opening[] = asksOutside(settings, challengesBy !== undefined)
    ? [{ peers: ANYWHERE, udp: [53], tcp: [53] }]
    : [];
  if (challengesBy === undefined) return [...proxy, ...lookUps];
  // It tries each HTTP-01 challenge itself first; within the cluster that may lead straight to the gateway's pods.
  const selfCheck: Opening = { peers: [...ANYWHERE, { ...podsOf(challengesBy), public: true }], tcp: [80] };
  return [HTTPS_ANYWHERE, selfCheck, ...proxy, ...lookUps];
}

/** DNS-01 is checked with the servers that have authority, unless flags say to believe the cluster's own. */
function asksOutside(
  { extraArgs, podDnsPolicy = 'ClusterFirst', podDnsConfig }: CertManagerSettings,
  provesNames: boolean,
): boolean {
  const ownServers = podDnsPolicy !== 'ClusterFirst' || podDnsConfig?.nameservers !== undefined;
  const believes =
    isOn(extraArgs, 'dns01-recursive-nameservers-only') && !isGiven(extraArgs, 'dns01-recursive-nameservers');
  return ownServers || (provesNames && !believes);
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port ? Number(port) : ({ 'http:': 80, 'https:': 443 }[protocol] ?? 443);
}
