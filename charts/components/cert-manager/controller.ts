import type { WorkloadIdentity } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { portOf } from '../../lib/host.ts';
import { ANYWHERE, API_SERVER, HTTPS_ANYWHERE, type Opening, podsOf } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { isGiven, isOn } from './flags.ts';
import { keepsIdentity } from './identity.ts';
import { leaderElectionFlags, METRICS, POD_NAMESPACE, podProps } from './pods.ts';
import { controllerRules } from './rbac.ts';
import type { CertManagerSettings } from './settings.ts';
import type { AnyWorkload } from './workload-settings.ts';

/** Props of the controller. */
export interface ControllerProps {
  readonly settings: CertManagerSettings;
  readonly images: { readonly controller: string; readonly acmesolver: string };
  readonly upstream: Upstream;
  readonly identity: WorkloadIdentity;
  /** Namespace of the gateway that serves HTTP-01 challenges; undefined without ACME issuers. */
  readonly challengesBy: string | undefined;
}

/** Issues and renews certificates. The cloud identity is bound to its ServiceAccount, named as the component. */
export function controller(component: Component, props: ControllerProps): void {
  const { settings, identity, upstream } = props;
  keepsIdentity(settings, identity);
  const shared = podProps(workload(settings), settings.global);
  const deployment = new Deployment(component, {
    ...shared,
    role: 'controller',
    name: component.name,
    openings: { egress: [...new Set([API_SERVER, ...identity.openings, ...openings(props)])] },
    containers: [container(props)],
    dnsPolicy: settings.podDnsPolicy,
    dnsConfig: settings.podDnsConfig,
    podLabels: identity.podLabels,
    serviceAccountAnnotations: { ...identity.serviceAccountAnnotations, ...shared.serviceAccountAnnotations },
  });
  const { name } = deployment;
  deployment.service(
    { metrics: { port: METRICS.metrics, target: 'metrics' } },
    {},
    settings.serviceAnnotations,
    settings.serviceLabels,
  );
  grantInCluster(component, {
    name: 'cert-manager-controller',
    serviceAccount: name,
    rules: controllerRules(upstream),
  });
  grantInNamespace(component, {
    name: 'cert-manager-controller',
    serviceAccount: name,
    rules: upstream.rules(['cert-manager:leaderelection']),
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
      // Certificates are explicit, never created from annotations; these two controllers would need more permissions.
      '--controllers=*,-ingress-shim,-gateway-shim',
      ...(settings.featureGates ? [`--feature-gates=${settings.featureGates}`] : []),
      ...settings.extraArgs,
    ],
    env: { ...POD_NAMESPACE, ...identity.env, ...proxyEnv(settings) },
    ports: { ...METRICS, health: 9403 },
    metrics: { port: 'metrics' },
    resources: { cpu: '10m', cpuLimit: '500m', memory: '256Mi' },
    // Served before leader election, once the definitions of the Gateway API have been found.
    startup: httpProbe('/livez', 'health', { periodSeconds: 2, failureThreshold: 30 }),
    // Fails if the leader cannot renew its lease; the threshold allows for the longest renewal.
    liveness: httpProbe('/livez', 'health', { periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8 }),
  };
}

/** The API server, whose address only the pod's environment has, is never reached by the proxy. */
function proxyEnv({ http_proxy, https_proxy, no_proxy }: CertManagerSettings): Record<string, string> {
  if (!http_proxy && !https_proxy) return {};
  return {
    ...(http_proxy && { HTTP_PROXY: http_proxy }),
    ...(https_proxy && { HTTPS_PROXY: https_proxy }),
    NO_PROXY: ['$(KUBERNETES_SERVICE_HOST)', ...no_proxy].join(','),
  };
}

/** Pulumi's fields of the controller alone, as shared settings. */
function workload(settings: CertManagerSettings): AnyWorkload {
  const { extraEnv = [], extraVolumes = [], extraVolumeMounts = [], nodeSelector: _, ...others } = settings;
  return {
    ...others,
    affinity: affinity(settings),
    env: {
      ...Object.fromEntries(extraEnv.map((one) => [one.name, one.valueFrom ?? one.value ?? ''])),
      ...settings.env,
    },
    volumes: [
      ...extraVolumeMounts.map(({ name, mountPath, subPath }) => ({
        ...extraVolumes.find((volume) => volume.name === name),
        name,
        mountPath,
        subPath,
      })),
      ...(settings.volumes ?? []),
    ],
  };
}

/** Pulumi's node selector of the controller corresponds to required node affinity. */
function affinity({ affinity: given, nodeSelector }: CertManagerSettings): AnyWorkload['affinity'] {
  if (!nodeSelector) return given;
  return {
    ...given,
    nodeAffinity: { ...given?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: nodeSelector },
  };
}

/** Egress for ACME and its challenges, in addition to the API server and the cloud. */
function openings({ settings, challengesBy }: ControllerProps): Opening[] {
  const proxies = [settings.http_proxy, settings.https_proxy].filter((url) => url !== undefined).map(portOf);
  const proxy: Opening[] = proxies.length > 0 ? [{ peers: ANYWHERE, tcp: [...new Set(proxies)] }] : [];
  const dnsQueries: Opening[] = queriesExternalDns(settings, challengesBy !== undefined)
    ? [{ peers: ANYWHERE, udp: [53], tcp: [53] }]
    : [];
  if (challengesBy === undefined) return [...proxy, ...dnsQueries];
  // The self-check of HTTP-01 challenges; within the cluster it may be routed directly to the gateway's pods.
  const selfCheck: Opening = { peers: [...ANYWHERE, { ...podsOf(challengesBy), public: true }], tcp: [80] };
  return [HTTPS_ANYWHERE, selfCheck, ...proxy, ...dnsQueries];
}

/** The self-check of DNS-01 queries authoritative servers, unless a flag restricts it to recursive servers. */
function queriesExternalDns(
  { extraArgs, podDnsPolicy = 'ClusterFirst', podDnsConfig }: CertManagerSettings,
  hasAcme: boolean,
): boolean {
  const ownServers = podDnsPolicy !== 'ClusterFirst' || podDnsConfig?.nameservers !== undefined;
  const recursiveOnly =
    isOn(extraArgs, 'dns01-recursive-nameservers-only') && !isGiven(extraArgs, 'dns01-recursive-nameservers');
  return ownServers || (hasAcme && !recursiveOnly);
}
