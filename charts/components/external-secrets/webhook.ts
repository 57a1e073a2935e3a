import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { Component } from '../../component.ts';
import { httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { servingCertificate } from '../../lib/serving-certificate.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { UNREVIEWED } from './rules.ts';
import type { externalSecretsSettings } from './settings.ts';

/** Options of the webhook; see ExternalSecretsProps. */
export interface WebhookProps extends Pick<z.output<typeof externalSecretsSettings>, 'replicas' | 'webhook'> {
  readonly image: string;
  readonly upstream: Upstream;
}

const NAME = 'external-secrets-webhook';
const PORT = 10250;
const CERTIFICATES = '/tmp/certs';
/** While none is ready, its objects can be neither written nor compared: a drained node must not take the only one. */
const MIN_REPLICAS = 2;

/**
 * Validates ExternalSecrets and secret stores on admission; it does not validate PushSecrets and generators.
 */
export function webhook(component: Component, props: WebhookProps): void {
  const host = `${NAME}.${component.namespace}.svc`;
  // The webhook exits once its certificate is valid for less than 90 days, so it is renewed well before.
  const annotations = servingCertificate(component, { name: NAME, service: NAME, renewBefore: '2880h' });
  server(component, props, host);
  new k8s.KubeValidatingWebhookConfiguration(component, 'ValidatingWebhookConfiguration', {
    // cert-manager injects the caBundle.
    metadata: { name: NAME, annotations },
    webhooks: [
      hook(component, 'ExternalSecret', props.upstream),
      hook(component, 'SecretStore', props.upstream),
      hook(component, 'ClusterSecretStore', props.upstream),
    ],
  });
}

function server(component: Component, { image, replicas, webhook: settings }: WebhookProps, host: string): void {
  const deployment = new Deployment(component, {
    settings,
    role: 'webhook',
    name: NAME,
    replicas: settings.replicas ?? Math.max(MIN_REPLICAS, replicas),
    // It creates a client at startup, which needs a token, but never calls the API.
    apiAccess: true,
    containers: [
      {
        name: 'webhook',
        image,
        args: [
          'webhook',
          `--port=${PORT}`,
          `--dns-name=${host}`,
          `--cert-dir=${CERTIFICATES}`,
          '--healthz-addr=:8081',
          '--metrics-addr=:8080',
          '--zap-time-encoding=rfc3339',
        ],
        ports: { webhook: PORT, metrics: 8080, health: 8081 },
        metrics: { port: 'metrics' },
        resources: { cpu: '10m', cpuLimit: '200m', memory: '128Mi' },
        startup: httpProbe('/healthz', 'health', { periodSeconds: 2, failureThreshold: 60 }),
        liveness: httpProbe('/healthz', 'health', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 5 }),
        // Fails from an hour before the certificate expires.
        readiness: httpProbe('/readyz', 'health', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
        mounts: { [CERTIFICATES]: { volume: 'certificates' } },
      },
    ],
    // From the API server, which a NetworkPolicy cannot select.
    openings: { ingress: [{ tcp: [PORT] }] },
    volumes: [{ name: 'certificates', secret: { secretName: NAME } }],
    onChange: { [`Secret/${NAME}`]: { watches: 'it reloads its serving certificate from the files' } },
  });
  deployment.service({ webhook: { port: 443, target: 'webhook' } });
}

function hook(component: Component, kind: string, upstream: Upstream): k8s.ValidatingWebhook {
  const name = `validate.${kind.toLowerCase()}.external-secrets.io`;
  return {
    name,
    rules: upstream.webhook(`ValidatingWebhookConfiguration ${name}`, UNREVIEWED),
    clientConfig: {
      service: {
        name: NAME,
        namespace: component.namespace ?? component.name,
        path: `/validate-external-secrets-io-v1-${kind.toLowerCase()}`,
        port: 443,
      },
    },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
  };
}
