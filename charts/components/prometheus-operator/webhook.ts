import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { Component } from '../../component.ts';
import { type ContainerProps, httpsProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { servingCertificate } from '../../lib/serving-certificate.ts';
import type { prometheusOperatorSettings } from './settings.ts';

/** Options of the webhook. */
export interface WebhookProps {
  readonly settings: z.output<typeof prometheusOperatorSettings>['webhook'];
  readonly image: string;
  /** Namespace of Alertmanager, the only one in which its configuration is read. @default none is reviewed */
  readonly alertmanager?: string;
}

const NAME = 'prometheus-operator-webhook';
const GROUP = 'monitoring.coreos.com';
const PORT = 8443;
const CERTIFICATES = '/etc/tls/private';

/**
 * Refuses rules, and configuration of Alertmanager, that the operator would reject after they are in the cluster. It is a
 * program of its own: the one in the operator does not know the names that Prometheus 3 permits, and has the port of the
 * metrics.
 */
export function webhook(component: Component, props: WebhookProps): void {
  const annotations = servingCertificate(component, { name: NAME, service: NAME });
  server(component, props);
  const { alertmanager } = props;
  new k8s.KubeValidatingWebhookConfiguration(component, 'ValidatingWebhookConfiguration', {
    // cert-manager injects the caBundle.
    metadata: { name: NAME, annotations },
    webhooks: [
      // Of all namespaces, as Prometheus reads them.
      hook(component, 'prometheusrules', 'v1'),
      ...(alertmanager === undefined
        ? []
        : [
            {
              ...hook(component, 'alertmanagerconfigs', 'v1alpha1'),
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': alertmanager } },
            },
          ]),
    ],
  });
}

function server(component: Component, { settings, image }: WebhookProps): void {
  const deployment = new Deployment(component, {
    settings,
    role: 'webhook',
    name: NAME,
    replicas: settings.replicas,
    containers: [container(image)],
    // From the API server, which a NetworkPolicy cannot select.
    openings: { ingress: [{ tcp: [PORT] }] },
    volumes: [{ name: 'certificates', secret: { secretName: NAME } }],
    onChange: { [`Secret/${NAME}`]: { watches: 'it reloads its serving certificate from the files' } },
  });
  deployment.service({ https: { port: 443, target: 'https' } });
}

/** Its metrics are not scraped: they are those of its process only. */
function container(image: string): ContainerProps {
  return {
    name: 'webhook',
    image,
    args: [
      `--web.listen-address=:${PORT}`,
      `--web.cert-file=${CERTIFICATES}/tls.crt`,
      `--web.key-file=${CERTIFICATES}/tls.key`,
      '--log-format=json',
      // As the operator for Prometheus 3; by default it refuses names with dots, such as those of OpenTelemetry.
      '--name-validation-scheme=utf8',
    ],
    ports: { https: PORT },
    // The largest rules that fit into an object take a second of CPU and half of the memory.
    resources: { cpu: '10m', cpuLimit: '500m', memory: '128Mi' },
    startup: httpsProbe('/healthz', 'https', { periodSeconds: 2, failureThreshold: 30 }),
    liveness: httpsProbe('/healthz', 'https', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    readiness: httpsProbe('/healthz', 'https', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
    mounts: { [CERTIFICATES]: { volume: 'certificates' } },
  };
}

function hook(component: Component, resource: string, version: string): k8s.ValidatingWebhook {
  return {
    name: `${resource}.${GROUP}`,
    rules: [
      {
        apiGroups: [GROUP],
        apiVersions: [version],
        operations: ['CREATE', 'UPDATE'],
        resources: [resource],
        scope: 'Namespaced',
      },
    ],
    // What is not valid already can still be labelled, and lose the finalizers without which it is not deleted.
    matchConditions: [
      { name: 'changes-spec', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
    ],
    clientConfig: {
      service: {
        name: NAME,
        namespace: component.namespace ?? component.name,
        path: `/admission-${resource}/validate`,
        port: 443,
      },
    },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    // Rules come and go without it: before it is there, since cert-manager has some, and while it is down. The operator
    // still rejects what is not valid, with an alert.
    failurePolicy: 'Ignore',
    timeoutSeconds: 3,
  };
}
