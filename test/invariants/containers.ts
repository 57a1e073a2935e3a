import { isDeepStrictEqual } from 'node:util';
import { at } from '../../charts/lib/manifest.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { containersOf, type ContainerInPod, workloadPods, type Pods } from '../lib/pods.ts';
import { amountOf } from '../lib/quantity.ts';
import { invariant } from './invariant.ts';

/** The node's scheduler knows what each container needs, and no container can starve its neighbours. */
export const resources = invariant('every container has requests and limits', (cluster) =>
  each(cluster, ({ label, container }) =>
    ['cpu', 'memory', 'ephemeral-storage'].flatMap((resource) => {
      const request = container.resources?.requests?.[resource];
      const limit = container.resources?.limits?.[resource];
      return [
        ...(request === undefined ? [`${label} requests no ${resource}`] : []),
        ...(limit === undefined ? [`${label} has no limit of ${resource}`] : []),
        ...(request !== undefined && limit !== undefined && amountOf(request) > amountOf(limit)
          ? [`${label} requests more ${resource} than its limit`]
          : []),
      ];
    }),
  ),
);

/** Readiness says whether requests may come, liveness whether a restart would help: one probe cannot say both. */
export const probes = invariant(
  'every lasting container has probes, and they differ',
  (cluster) =>
    each(cluster, ({ label, container, longRunning }) => {
      if (!longRunning) return [];
      const { livenessProbe: liveness, readinessProbe: readiness } = container;
      return [
        ...(liveness ? [] : [`${label} has no liveness probe`]),
        ...(readiness ? [] : [`${label} has no readiness probe`]),
        ...(liveness && isDeepStrictEqual(liveness, readiness)
          ? [`${label} has one probe for liveness and readiness`]
          : []),
      ];
    }),
  {
    'container "controller" of Deployment cert-manager/cert-manager has no readiness probe':
      'it serves nobody, and has no endpoint for it',
    'container "cainjector" of Deployment cert-manager/cert-manager-cainjector has no readiness probe':
      'it serves nobody, and has no endpoint for it',
  },
);

/** A probe of a port that the container does not have fails for ever, or always passes on another container's. */
export const probePorts = invariant('probes and hooks call ports of their own container', (cluster) =>
  each(cluster, ({ label, container }) => {
    const { startupProbe, livenessProbe, readinessProbe, lifecycle, ports = [] } = container;
    const handlers = [
      startupProbe,
      livenessProbe,
      readinessProbe,
      at(lifecycle, 'preStop'),
      at(lifecycle, 'postStart'),
    ];
    const called = handlers
      .flatMap((h) => [at(h, 'httpGet', 'port'), at(h, 'tcpSocket', 'port'), at(h, 'grpc', 'port')])
      .filter((port) => typeof port === 'string' || typeof port === 'number');
    return [...new Set(called)]
      .filter((port) => !ports.some(({ name, containerPort }) => port === name || port === containerPort))
      .map((port) => `${label} probes port ${port}, which it does not have`);
  }),
);

/** What runs is what was reviewed. */
export const images = invariant('every image is pinned', (cluster) =>
  each(cluster, ({ label, container: { image = '', imagePullPolicy } }) => {
    const [reference = '', digest] = image.split('@');
    // A colon before the last slash is a registry's port.
    const tag = /:([^:/]+)$/.exec(reference)?.[1];
    return [
      ...(!tag && !digest ? [`${label} runs an image without a tag (${image})`] : []),
      ...(tag === 'latest' ? [`${label} runs whatever is latest (${image})`] : []),
      ...(digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)
        ? [`${label} runs an image with a malformed digest (${image})`]
        : []),
      ...(imagePullPolicy ? [] : [`${label} does not say when to pull its image`]),
    ];
  }),
);

/** Two ports of one name or number in a pod: one of them cannot be bound. */
export const portsUnique = invariant('ports of a pod are told apart', (cluster) =>
  workloadPods(cluster).flatMap((pods) => {
    const ports = containersOf(pods).flatMap(({ container, longRunning }) =>
      longRunning ? (container.ports ?? []) : [],
    );
    const seen = ports.flatMap(({ name, containerPort, protocol = 'TCP' }) => [
      ...(name ? [`name ${name}`] : []),
      `number ${containerPort}/${protocol}`,
    ]);
    return [...new Set(seen.filter((key, i) => seen.indexOf(key) !== i))].map(
      (key) => `${pods.label} has two ports with the ${key}`,
    );
  }),
);

/** A volume that a container fills must stop somewhere, or the node's disk is what stops it. */
export const scratchSizes = invariant('every emptyDir has a size limit', (cluster) =>
  workloadPods(cluster).flatMap(({ label, spec }) =>
    (spec.volumes ?? [])
      .filter((v) => v['emptyDir'] && at(v, 'emptyDir', 'sizeLimit') === undefined)
      .map(({ name }) => `${label} has the volume "${name}" without a size limit`),
  ),
);

function each(cluster: ClusterObjects, find: (containerInPod: ContainerInPod, pods: Pods) => string[]): string[] {
  return workloadPods(cluster).flatMap((pods) =>
    containersOf(pods).flatMap((containerInPod) => find(containerInPod, pods)),
  );
}
