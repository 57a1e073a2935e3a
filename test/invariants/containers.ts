import { isDeepStrictEqual } from 'node:util';
import { imageOf } from '../../charts/lib/images.ts';
import { at } from '../../charts/lib/manifest.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { containersOf, type ContainerInPod, workloadPods, type Pods } from '../lib/pods.ts';
import { amountOf } from '../lib/quantity.ts';
import { invariant } from './invariant.ts';

/** The scheduler knows what each container needs, and no container can starve others on its node. */
export const resources = invariant('every container has requests and limits', (cluster) =>
  eachContainer(cluster, ({ label, container }) =>
    ['cpu', 'memory', 'ephemeral-storage'].flatMap((resource) => {
      const request = container.resources?.requests?.[resource];
      const limit = container.resources?.limits?.[resource];
      return [
        ...(request === undefined ? [`${label} has no ${resource} request`] : []),
        ...(limit === undefined ? [`${label} has no ${resource} limit`] : []),
        ...(request !== undefined && limit !== undefined && amountOf(request) > amountOf(limit)
          ? [`${label} requests more ${resource} than its limit`]
          : []),
      ];
    }),
  ),
);

/** Readiness is about serving requests, liveness about whether a restart would help: one probe cannot answer both. */
export const probes = invariant(
  'every long-running container has distinct liveness and readiness probes',
  (cluster) =>
    eachContainer(cluster, ({ label, container, longRunning }) => {
      if (!longRunning) return [];
      const { livenessProbe: liveness, readinessProbe: readiness } = container;
      return [
        ...(liveness ? [] : [`${label} has no liveness probe`]),
        // The kernel accepts connections for a process that hangs.
        ...(at(liveness, 'tcpSocket') !== undefined
          ? [`${label} has a liveness probe that only connects, which a hanging process passes`]
          : []),
        ...(readiness ? [] : [`${label} has no readiness probe`]),
        ...(liveness && isDeepStrictEqual(liveness, readiness)
          ? [`${label} has the same probe for liveness and readiness`]
          : []),
      ];
    }),
  {
    'container "controller" of Deployment cert-manager/cert-manager has no readiness probe':
      'it serves no requests, and has no readiness endpoint',
    'container "cainjector" of Deployment cert-manager/cert-manager-cainjector has no readiness probe':
      'it serves no requests, and has no readiness endpoint',
  },
);

/** A probe of a port that the container does not declare always fails, or tests another container. */
export const probePorts = invariant('probes and lifecycle hooks use ports of their own container', (cluster) =>
  eachContainer(cluster, ({ label, container }) => {
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

/** The image that runs is the one that was reviewed. */
export const images = invariant('every image has a fixed tag or digest, and a pull policy', (cluster) =>
  eachContainer(cluster, ({ label, container: { image = '', imagePullPolicy } }) => {
    const { tag, digest } = imageOf(image);
    return [
      ...(!tag && !digest ? [`${label} runs an image without a tag (${image})`] : []),
      ...(tag === 'latest' ? [`${label} runs an image with the tag latest (${image})`] : []),
      ...(digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)
        ? [`${label} runs an image with a malformed digest (${image})`]
        : []),
      ...(imagePullPolicy ? [] : [`${label} does not set imagePullPolicy`]),
    ];
  }),
);

/** Of two ports with the same number in a pod, one cannot be bound; a name must lead to one port. */
export const portsUnique = invariant('ports of a pod have unique names and numbers', (cluster) =>
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

/** Without a size limit a container can fill its node's disk. */
export const emptyDirSizes = invariant('every emptyDir has a size limit', (cluster) =>
  workloadPods(cluster).flatMap(({ label, spec }) =>
    (spec.volumes ?? [])
      .filter((v) => v['emptyDir'] && at(v, 'emptyDir', 'sizeLimit') === undefined)
      .map(({ name }) => `${label} has the volume "${name}" without a sizeLimit`),
  ),
);

function eachContainer(
  cluster: ClusterObjects,
  find: (containerInPod: ContainerInPod, pods: Pods) => string[],
): string[] {
  return workloadPods(cluster).flatMap((pods) =>
    containersOf(pods).flatMap((containerInPod) => find(containerInPod, pods)),
  );
}
