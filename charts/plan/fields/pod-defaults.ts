import type { Defaults } from './defaults.ts';

const PROBE: Defaults = { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 };
const MODE = 0o644;

/** What the API server fills in where a pod says nothing (kubernetes, pkg/apis/core/v1/defaults.go). */
export const POD: Readonly<Record<string, Defaults>> = {
  spec: {
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    hostIPC: false,
    hostNetwork: false,
    hostPID: false,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    shareProcessNamespace: false,
    terminationGracePeriodSeconds: 30,
  },
  'spec.containers[]': {
    stdin: false,
    stdinOnce: false,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    tty: false,
    resources: {},
  },
  'spec.containers[].env[]': { value: '' },
  'spec.containers[].env[].valueFrom.fieldRef': { apiVersion: 'v1' },
  'spec.containers[].env[].valueFrom.configMapKeyRef': { optional: false },
  'spec.containers[].env[].valueFrom.secretKeyRef': { optional: false },
  'spec.containers[].ports[]': { protocol: 'TCP' },
  'spec.containers[].volumeMounts[]': { readOnly: false },
  'spec.volumes[].configMap': { defaultMode: MODE, optional: false },
  'spec.volumes[].downwardAPI': { defaultMode: MODE },
  'spec.volumes[].hostPath': { type: '' },
  'spec.volumes[].persistentVolumeClaim': { readOnly: false },
  'spec.volumes[].projected': { defaultMode: MODE },
  'spec.volumes[].projected.sources[].serviceAccountToken': { expirationSeconds: 3600 },
  'spec.volumes[].secret': { defaultMode: MODE, optional: false },
  ...Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
      [`spec.containers[].${probe}`, PROBE],
      [`spec.containers[].${probe}.httpGet`, { path: '/', scheme: 'HTTP' }],
      [`spec.containers[].${probe}.grpc`, { service: '' }],
    ]),
  ),
};
