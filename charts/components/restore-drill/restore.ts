import { k8s } from 'cdk8s-plus-28';
import { scratch } from '../../lib/container.ts';
import type { Drill } from '../../lib/drill.ts';
import { claim } from '../../lib/stateful-set.ts';
import type { ResourceModifiers, Restore } from '../../lib/types/velero.ts';

/** What is restored, and where. */
export interface RestoreProps {
  readonly drills: readonly Drill[];
  /** Velero's namespace, and the Schedule whose newest complete backup is restored. */
  readonly backups: { readonly namespace: string; readonly schedule: string };
  /** Name of the Restore, and of the ConfigMap beside it with the changes of pods. */
  readonly name: string;
  /** The namespace that everything is restored into. */
  readonly namespace: string;
  /** Timeout, in hours. */
  readonly hours: number;
}

/** ConfigMap of the scripts, where the pods are restored. */
export const SCRIPTS = 'scripts';

/** Key of a drill's script there. */
export const scriptOf = ({ pod }: Drill): string => `${pod}.sh`;

/** The Restore of the pods with dumps, and of their claims. */
export function restoreOf({ drills, backups, name, namespace, hours }: RestoreProps): Restore {
  const namespaces = [...new Set(drills.map((one) => one.namespace))];
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name, namespace: backups.namespace },
    spec: {
      scheduleName: backups.schedule,
      includedNamespaces: namespaces,
      // A claim is made anew only together with the volume that it was bound to.
      includedResources: ['pods', 'persistentvolumeclaims', 'persistentvolumes'],
      orLabelSelectors: drills.map(({ labels }) => ({ matchLabels: labels })),
      namespaceMapping: Object.fromEntries(namespaces.map((one) => [one, namespace])),
      resourceModifier: { kind: 'configmap', name },
      itemOperationTimeout: `${hours}h0m0s`,
    },
  };
}

/** Has restored pods run their scripts, with none of the Secrets, rights and priority that they had. */
export function modifiersOf({ drills }: RestoreProps): ResourceModifiers {
  return {
    version: 'v1',
    resourceModifierRules: drills.map((drill) => ({
      conditions: { namespaces: [drill.namespace], groupResource: 'pods', resourceNameRegex: `^${drill.pod}$` },
      strategicPatches: [{ patchData: JSON.stringify({ spec: podOf(drill) }) }],
    })),
  };
}

/** First in a list of a strategic merge patch: the list is replaced, and not merged. */
const REPLACE = { $patch: 'replace' };

/** A strategic merge patch of the pod's spec; null removes. */
function podOf(drill: Drill): object {
  return {
    containers: [containerOf(drill), ...drill.others.map((name) => ({ name, $patch: 'delete' }))],
    volumes: [REPLACE, ...volumesOf(drill).map((one) => k8s.toJson_Volume(one))],
    restartPolicy: 'Never',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    automountServiceAccountToken: false,
    // What it proves can wait: it takes no other pod's place.
    priorityClassName: null,
    priority: null,
    preemptionPolicy: null,
  };
}

function containerOf(drill: Drill): object {
  return {
    name: drill.container,
    command: ['bash', `/etc/drill/${scriptOf(drill)}`],
    args: null,
    env: [REPLACE, { name: 'HOME', value: '/tmp' }, { name: 'SCRATCH', value: '/scratch' }],
    startupProbe: null,
    livenessProbe: null,
    readinessProbe: null,
    lifecycle: null,
    volumeMounts: [
      REPLACE,
      { name: 'dump', mountPath: '/dump' },
      { name: 'scripts', mountPath: '/etc/drill', readOnly: true },
      { name: 'scratch', mountPath: '/scratch' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

function volumesOf({ claim: claimName, scratch: { size, storage } }: Drill): k8s.Volume[] {
  return [
    { name: 'dump', persistentVolumeClaim: { claimName } },
    { name: 'scripts', configMap: { name: SCRIPTS } },
    { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: claim({ name: 'scratch', size, storage }).spec! } } },
    scratch('tmp', '64Mi'),
  ];
}
