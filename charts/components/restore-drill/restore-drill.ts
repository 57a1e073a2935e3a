import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { CronJob, longestGapOfCronJob } from '../../lib/cron-job.ts';
import type { Drill } from '../../lib/drill.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInNamespace } from '../../lib/rbac.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { restoreDrillAlerts } from './alerts.ts';
import { modifiersOf, restoreOf, type RestoreProps, scriptOf, SCRIPTS } from './restore.ts';
import type { restoreDrillSettings } from './settings.ts';

/** Props of the restore drill. */
export interface RestoreDrillProps extends Readonly<z.output<typeof restoreDrillSettings>> {
  /** Image of kubectl, which has no shell. */
  readonly image: string;
  /** Databases whose dumps it restores; at least one. */
  readonly drills: readonly Drill[];
  /** Velero's namespace, and the Schedule whose newest complete backup is restored. */
  readonly backups: RestoreProps['backups'];
}

const NAME = 'restore-drill';

/** As long as Velero itself waits for volumes to be copied. */
const HOURS = 4;

/** ConfigMap with the Restore, and its key. */
const RESTORE = { name: 'restore', key: 'restore.json' };

/**
 * Restores the dumps in the newest backup into its own namespace, by the clock, and verifies them there. Each step is a
 * container, since what calls the API has no shell; the step that fails says what is wrong. What was restored is removed at
 * the end, and after a failure by the next run, so that people find it.
 */
export class RestoreDrill extends Component {
  override readonly rules: readonly RuleGroup[];

  constructor(props: RestoreDrillProps) {
    super(NAME, { tier: 'platform' });
    const restore = { ...props, name: NAME, namespace: NAME, hours: HOURS };
    this.texts(SCRIPTS, Object.fromEntries(props.drills.map((drill) => [scriptOf(drill), drill.script])));
    this.texts(RESTORE.name, { [RESTORE.key]: jsonOf(restoreOf(restore)) });
    // Velero looks for it in its own namespace, and wants one key.
    this.texts(NAME, { modifiers: jsonOf(modifiersOf(restore)) }, props.backups.namespace);
    const { name } = new CronJob(this, {
      settings: props,
      role: 'server',
      schedule: props.schedule,
      // Volumes are copied, and scripts run, each for so long at most.
      activeDeadlineSeconds: 2 * HOURS * 3600,
      apiAccess: true,
      openings: { egress: [API_SERVER] },
      ...steps(props),
      volumes: [{ name: 'restore', configMap: { name: RESTORE.name } }],
    });
    grantInNamespace(this, { name, serviceAccount: name, rules: OWN_RULES });
    grantInNamespace(this, { name, serviceAccount: name, rules: VELERO_RULES }, props.backups.namespace);
    this.rules = [{ name: NAME, alerts: restoreDrillAlerts(longestGapOfCronJob(props.schedule)) }];
  }

  private texts(name: string, data: Readonly<Record<string, string>>, namespace = this.namespace): void {
    new k8s.KubeConfigMap(this, `ConfigMap.${namespace}.${name}`, { metadata: { name, namespace }, data });
  }
}

function steps({
  image,
  drills,
  backups,
}: RestoreDrillProps): Record<'initContainers' | 'containers', readonly ContainerProps[]> {
  const step = (name: string, ...args: readonly string[]): ContainerProps => ({
    name,
    image,
    args,
    resources: { cpu: '10m', cpuLimit: '500m', memory: '128Mi' },
    mounts: { '/etc/drill': { volume: 'restore' } },
  });
  const restored = `--selector=velero.io/restore-name=${NAME}`;
  const remove = (name: string) => step(name, 'delete', 'pods,persistentvolumeclaims', restored, '--timeout=10m');
  const wait = (name: string, condition: string, timeout: string) =>
    step(name, 'wait', `--for=${condition}`, `--timeout=${timeout}`, ...drills.map(({ pod }) => `pod/${pod}`));
  const restore = `restores.velero.io/${NAME}`;
  const exitCode = 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}';
  return {
    initContainers: [
      remove('remove-last'),
      step('forget-last', 'delete', restore, `--namespace=${backups.namespace}`, '--ignore-not-found', '--timeout=10m'),
      step('restore', 'create', `--filename=/etc/drill/${RESTORE.key}`),
      // Fails if there is no complete backup, or it lacks one of them.
      wait('restored', 'create', '10m'),
      wait('ended', exitCode, `${HOURS}h`),
      wait('verified', `${exitCode}=0`, '10s'),
    ],
    containers: [remove('remove')],
  };
}

const jsonOf = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const REMOVE = ['get', 'list', 'watch', 'delete'];

const OWN_RULES: readonly k8s.PolicyRule[] = [
  // What waits for something to be made asks whether its namespace is there.
  { apiGroups: [''], resources: ['namespaces'], resourceNames: [NAME], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims'], verbs: REMOVE },
];

const VELERO_RULES: readonly k8s.PolicyRule[] = [
  // The name of what is created is not known when the right to create it is checked.
  { apiGroups: ['velero.io'], resources: ['restores'], verbs: ['create'] },
  { apiGroups: ['velero.io'], resources: ['restores'], resourceNames: [NAME], verbs: REMOVE },
];
