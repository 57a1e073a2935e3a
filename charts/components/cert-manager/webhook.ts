import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { type Global, METRICS, POD_NAMESPACE, podProps } from './pods.ts';
import { webhookRules } from './rbac.ts';
import type { CertManagerSettings } from './settings.ts';
import type { AnyWorkload } from './workload-settings.ts';

/** Props of the webhook. */
export interface WebhookProps {
  readonly settings: CertManagerSettings['webhook'];
  readonly global: Global;
  readonly image: string;
  readonly upstream: Upstream;
}

/** Port of the Service: the API server's default. */
const HTTPS = 443;

/** Validates certificates, requests, issuers, orders and challenges on admission. */
export function webhook(component: Component, props: WebhookProps): void {
  const { settings, global, upstream } = props;
  const name = `${component.name}-webhook`;
  const authority = `${name}-ca`;
  const deployment = new Deployment(component, {
    ...podProps({ ...settings, probes: probes(settings) }, global),
    name,
    role: 'webhook',
    // From the API server, which a NetworkPolicy cannot select.
    openings: { ingress: [{ tcp: [settings.securePort] }], egress: [API_SERVER] },
    containers: [container(props, name, authority)],
  });
  deployment.service(
    { https: { port: HTTPS, target: 'https' } },
    {},
    settings.serviceAnnotations,
    settings.serviceLabels,
  );
  grantInCluster(component, { name, serviceAccount: name, rules: webhookRules(upstream) });
  grantInNamespace(component, {
    name,
    serviceAccount: name,
    rules: upstream.rules(['cert-manager-webhook:dynamic-serving']),
  });
  configurations(component, props, name, authority);
}

function container({ settings, global, image }: WebhookProps, service: string, authority: string): ContainerProps {
  return {
    name: 'webhook',
    image,
    args: [
      `--v=${global.logLevel}`,
      `--secure-port=${settings.securePort}`,
      // All replicas share this CA, and each issues its own serving certificate.
      '--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)',
      `--dynamic-serving-ca-secret-name=${authority}`,
      ...['', '.$(POD_NAMESPACE)', '.$(POD_NAMESPACE).svc'].map(
        (suffix) => `--dynamic-serving-dns-names=${service}${suffix}`,
      ),
      ...settings.extraArgs,
    ],
    env: POD_NAMESPACE,
    ports: { https: settings.securePort, health: 6080, ...METRICS },
    metrics: { port: 'metrics' },
    resources: { cpu: '10m', cpuLimit: '500m', memory: '128Mi' },
    startup: httpProbe('/livez', 'health', { periodSeconds: 2, failureThreshold: 30 }),
    liveness: httpProbe('/livez', 'health', { periodSeconds: 10, failureThreshold: 3 }),
    // Succeeds once it has its serving certificate.
    readiness: httpProbe('/healthz', 'health', { periodSeconds: 5, failureThreshold: 3 }),
  };
}

/** Pulumi's fields for the timings of two probes, and those of the shared setting. */
function probes({ livenessProbe, readinessProbe, probes: shared }: WebhookProps['settings']): AnyWorkload['probes'] {
  return {
    ...shared,
    liveness: { ...livenessProbe, ...shared?.liveness },
    readiness: { ...readinessProbe, ...shared?.readiness },
  };
}

/** The webhook configurations; cainjector injects the CA bundle. */
function configurations(
  component: Component,
  { settings, upstream }: WebhookProps,
  service: string,
  authority: string,
): void {
  const inject = { 'cert-manager.io/inject-ca-from-secret': `${component.namespace}/${authority}` };
  const hook = (path: string): k8s.ValidatingWebhook & k8s.MutatingWebhook => ({
    name: 'webhook.cert-manager.io',
    admissionReviewVersions: ['v1'],
    clientConfig: { service: { name: service, namespace: component.namespace ?? '', path, port: HTTPS } },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: settings.timeoutSeconds,
  });
  new k8s.KubeValidatingWebhookConfiguration(component, 'ValidatingWebhookConfiguration', {
    metadata: { name: service, annotations: { ...settings.validatingWebhookConfigurationAnnotations, ...inject } },
    webhooks: [
      {
        ...hook('/validate'),
        rules: upstream.webhook('ValidatingWebhookConfiguration webhook.cert-manager.io'),
      },
    ],
  });
  // Records the requesting user in each CertificateRequest, for approvers.
  new k8s.KubeMutatingWebhookConfiguration(component, 'MutatingWebhookConfiguration', {
    metadata: { name: service, annotations: { ...settings.mutatingWebhookConfigurationAnnotations, ...inject } },
    webhooks: [{ ...hook('/mutate'), rules: upstream.webhook('MutatingWebhookConfiguration webhook.cert-manager.io') }],
  });
}
