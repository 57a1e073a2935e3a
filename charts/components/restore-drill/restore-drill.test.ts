import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import type { Drill } from '../../lib/drill.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { RestoreDrill } from './restore-drill.ts';
import { restoreDrillSettings } from './settings.ts';

const storage = { storageClassName: 'disk' };
const notes: Drill = {
  namespace: 'notes',
  pod: 'notes-dump-0',
  labels: { app: 'notes', part: 'dump' },
  claim: 'dump-notes-dump-0',
  container: 'dump',
  others: ['exporter'],
  script: 'echo notes',
  scratch: { size: '7Gi', storage },
};
const tasks: Drill = {
  ...notes,
  namespace: 'tasks',
  pod: 'tasks-0',
  labels: { app: 'tasks' },
  others: [],
  script: 'echo tasks',
};

const component = new RestoreDrill({
  ...restoreDrillSettings.parse({}),
  image: 'kubectl:1',
  drills: [notes, tasks],
  backups: { namespace: 'velero', schedule: 'volumes' },
});
const objects = Object.fromEntries(
  manifestsOf(component).manifests.map((one) => [`${one.kind} ${one.metadata.namespace}/${one.metadata.name}`, one]),
);
const json = (object: Manifest | undefined, key: string): unknown => JSON.parse(textAt(object, 'data', key) ?? '');
const restore = json(objects['ConfigMap restore-drill/restore'], 'restore.json');
const rules = listAt(json(objects['ConfigMap velero/restore-drill'], 'modifiers'), 'resourceModifierRules');
/** The change of the pod of the first drill. */
const pod = at(JSON.parse(textAt(rules[0], 'strategicPatches', '0', 'patchData') ?? ''), 'spec');

describe('the Restore', () => {
  it('is of the newest backup of the Schedule, in Velero’s namespace', () => {
    expect(at(restore, 'metadata')).toEqual({ name: 'restore-drill', namespace: 'velero' });
    expect(textAt(restore, 'spec', 'scheduleName')).toBe('volumes');
    expect(at(restore, 'spec', 'resourceModifier')).toEqual({ kind: 'configmap', name: 'restore-drill' });
  });

  it('has the pods of all drills and their claims alone, in the namespace of the drill', () => {
    expect(at(restore, 'spec', 'namespaceMapping')).toEqual({ notes: 'restore-drill', tasks: 'restore-drill' });
    expect(listAt(restore, 'spec', 'includedNamespaces')).toEqual(['notes', 'tasks']);
    expect(listAt(restore, 'spec', 'orLabelSelectors')).toEqual([
      { matchLabels: notes.labels },
      { matchLabels: tasks.labels },
    ]);
    expect(listAt(restore, 'spec', 'includedResources')).toEqual([
      'pods',
      'persistentvolumeclaims',
      'persistentvolumes',
    ]);
  });
});

describe('a restored pod', () => {
  it('is found by its old namespace and its whole name', () => {
    expect(rules.map((rule) => at(rule, 'conditions'))).toEqual([
      { namespaces: ['notes'], groupResource: 'pods', resourceNameRegex: '^notes-dump-0$' },
      { namespaces: ['tasks'], groupResource: 'pods', resourceNameRegex: '^tasks-0$' },
    ]);
  });

  it('runs its script once, without the other containers', () => {
    const scripts = objects['ConfigMap restore-drill/scripts'];
    expect(at(scripts, 'data')).toEqual({ 'notes-dump-0.sh': 'echo notes', 'tasks-0.sh': 'echo tasks' });
    expect(textAt(pod, 'restartPolicy')).toBe('Never');
    const [first, second] = listAt(pod, 'containers');
    expect(listAt(first, 'command')).toEqual(['bash', '/etc/drill/notes-dump-0.sh']);
    expect(second).toEqual({ name: 'exporter', $patch: 'delete' });
  });

  it('has the claim of the dumps, and a volume of the database’s size to restore into', () => {
    const [directive, ...volumes] = listAt(pod, 'volumes');
    expect(directive).toEqual({ $patch: 'replace' });
    expect(at(volumes[0], 'persistentVolumeClaim')).toEqual({ claimName: 'dump-notes-dump-0' });
    const scratch = volumes.find((one) => textAt(one, 'name') === 'scratch');
    expect(textAt(scratch, 'ephemeral', 'volumeClaimTemplate', 'spec', 'resources', 'requests', 'storage')).toBe('7Gi');
  });

  it('has no rights and no priority', () => {
    expect(pod).toMatchObject({ serviceAccountName: 'default', automountServiceAccountToken: false });
    expect(pod).toMatchObject({ priorityClassName: null, priority: null });
  });
});

describe('the CronJob', () => {
  const cronJob = objects['CronJob restore-drill/restore-drill'];
  const spec = at(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  const step = (name: string): string =>
    listAt(
      listAt(spec, 'initContainers').find((one) => textAt(one, 'name') === name),
      'args',
    ).join(' ');

  it('runs on Sundays, one run at a time', () => {
    expect(at(cronJob, 'spec')).toMatchObject({
      schedule: '0 6 * * 0',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
    });
  });

  it('waits for every pod, and for its exit code', () => {
    expect(step('restored')).toMatch(/--for=create .*pod\/notes-dump-0 pod\/tasks-0$/);
    expect(step('verified')).toMatch(/exitCode}=0 .*pod\/notes-dump-0 pod\/tasks-0$/);
  });

  it('may delete its own Restore alone, and pods and claims in its own namespace alone', () => {
    const deleting = Object.values(objects)
      .filter(({ kind }) => kind === 'Role')
      .flatMap((role) => listAt(role, 'rules').map((rule) => [role.metadata.namespace, rule] as const))
      .filter(([, rule]) => listAt(rule, 'verbs').includes('delete'));
    expect(deleting).toEqual([
      [
        'restore-drill',
        { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims'], verbs: ['get', 'list', 'watch', 'delete'] },
      ],
      [
        'velero',
        {
          apiGroups: ['velero.io'],
          resources: ['restores'],
          resourceNames: ['restore-drill'],
          verbs: ['get', 'list', 'watch', 'delete'],
        },
      ],
    ]);
  });
});

it.each(['0 25 * * *', '0 0 31 2 *', 'CRON_TZ=Europe/Berlin 0 6 * * *', 'weekly'])(
  'refuses the schedule %s',
  (schedule) => {
    expect(restoreDrillSettings.safeParse({ schedule }).success).toBe(false);
  },
);
