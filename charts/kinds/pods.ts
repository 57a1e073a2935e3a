import type { References } from './kind.ts';

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'];

/** References of a container, relative to the container. */
const CONTAINER: References = {
  'env[].valueFrom.secretKeyRef': { to: 'Secret', key: 'key' },
  'env[].valueFrom.configMapKeyRef': { to: 'ConfigMap', key: 'key' },
  'envFrom[].secretRef': 'Secret',
  'envFrom[].configMapRef': 'ConfigMap',
};

/** References of a pod, relative to its `spec`; they apply to every kind with a pod template. */
export const POD_REFERENCES: References = {
  serviceAccountName: 'ServiceAccount',
  priorityClassName: 'scheduling.k8s.io/PriorityClass',
  runtimeClassName: 'node.k8s.io/RuntimeClass',
  'imagePullSecrets[]': 'Secret',
  'volumes[].secret': { to: 'Secret', name: 'secretName', key: 'items[].key' },
  'volumes[].configMap': { to: 'ConfigMap', key: 'items[].key' },
  'volumes[].projected.sources[].secret': { to: 'Secret', key: 'items[].key' },
  'volumes[].projected.sources[].configMap': { to: 'ConfigMap', key: 'items[].key' },
  'volumes[].persistentVolumeClaim': { to: 'PersistentVolumeClaim', name: 'claimName' },
  'volumes[].csi.nodePublishSecretRef': 'Secret',
  ...Object.fromEntries(
    CONTAINERS.flatMap((list) =>
      Object.entries(CONTAINER).map(([path, reference]) => [`${list}[].${path}`, reference]),
    ),
  ),
};
