import type { Api } from '../api.ts';
import { SAMPLES, type Sample } from '../../settings/samples.ts';

type Values = Readonly<Record<string, unknown>>;

const HANDLER = { exec: { command: ['true'] } };

/**
 * Samples of settings that the API server does not accept or refuse as they say, with its answer. They are submitted as
 * they are, in a Deployment, without Slipway's schemas and builders.
 */
export async function compareSettings(api: Api): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(SAMPLES).map(async ([name, { settings, server }]) => {
      const { status, body } = await api.call(
        'POST',
        '/apis/apps/v1/namespaces/default/deployments?dryRun=All&fieldValidation=Strict',
        deployment(settings),
      );
      const answer = status < 300 ? 'accepts' : 'refuses';
      return answer === server ? [] : [`${name}: ${status} ${JSON.stringify(body).slice(0, 400)}`];
    }),
  );
  return found.flat();
}

function deployment({ labels, annotations, ...settings }: Sample['settings']): object {
  const app = { app: 'sample' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'sample', labels, annotations },
    spec: { selector: { matchLabels: app }, template: podTemplate(settings, app) },
  };
}

function podTemplate(settings: Values, app: object): object {
  const { podLabels, podAnnotations, nodeSelector, tolerations, affinity, priorityClassName } = settings;
  const volumes = (settings['volumes'] ?? []) as readonly Values[];
  return {
    metadata: { labels: { ...app, ...(podLabels as object) }, annotations: podAnnotations },
    spec: {
      containers: [container(settings, volumes)],
      // A volume that is mounted twice is one volume.
      volumes: [
        ...new Map(
          volumes.map(({ name, configMap, secret, csi }) => {
            const one = { name, configMap, secret, csi };
            return [JSON.stringify(one), one];
          }),
        ).values(),
      ],
      nodeSelector,
      tolerations,
      affinity,
      priorityClassName,
    },
  };
}

function container({ resources, env = {}, probes = {} }: Values, volumes: readonly Values[]): object {
  const timed = (name: string): object => ({ ...HANDLER, ...((probes as Values)[name] as object) });
  return {
    name: 'sample',
    image: 'sample:1',
    resources,
    env: Object.entries(env as Values).map(([name, value]) =>
      typeof value === 'string' ? { name, value } : { name, valueFrom: value },
    ),
    startupProbe: timed('startup'),
    livenessProbe: timed('liveness'),
    readinessProbe: timed('readiness'),
    volumeMounts: volumes.map(({ name, mountPath, subPath }) => ({ name, mountPath, subPath, readOnly: true })),
  };
}
