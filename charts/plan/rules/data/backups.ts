import { DIALECTS, longestGapSeconds, readCron } from '../../../lib/cron.ts';
import { goSecondsOf } from '../../../lib/duration.ts';
import { at, groupOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { isKept } from '../kept.ts';
import { listed, rule, type Said, shown, without } from '../rule.ts';

const KINDS = ['Schedule'];

const isVelero = (manifest: Manifest): boolean => groupOf(manifest) === 'velero.io';
const isPaused = (schedule: Manifest): boolean => at(schedule, 'spec', 'paused') === true;

const stops = rule('SLP-backup-stops', {
  severity: 'danger',
  about: 'A backup Schedule is removed or paused',
  kinds: KINDS,
  removed: (before, context) =>
    isVelero(before) && !isKept(before, context)
      ? [
          {
            says: `${label(before)} is deleted: nothing backs up ${scope(before)} by it any more`,
            instead: 'add the Schedule that replaces it first',
          },
        ]
      : [],
  changed: (before, after) =>
    isVelero(after) && isPaused(after) && !isPaused(before)
      ? [
          {
            path: 'spec.paused',
            says: `${label(after)} is paused: nothing backs up ${scope(after)} by it until it is not`,
            instead: 'pause it in the cluster for the time of the work, not in Git',
          },
        ]
      : [],
});

function scope(schedule: Manifest): string {
  const names = included(schedule).filter((name) => name !== '*');
  return names.length > 0 ? listed(names) : 'all namespaces';
}

/** The longest time between two backups in hours; undefined for an expression that Velero refuses. */
function hoursBetween(schedule: Manifest): number | undefined {
  const firing = readCron(textAt(schedule, 'spec', 'schedule') ?? '', DIALECTS['go-cron']);
  return typeof firing === 'string' ? undefined : longestGapSeconds(firing) / 3600;
}

const rarer = rule('SLP-backup-rarer', {
  severity: 'danger',
  about: 'A backup Schedule runs more rarely: more is lost in a disaster',
  kinds: KINDS,
  changed: (before, after) => {
    if (!isVelero(after)) return [];
    const [old, now] = [hoursBetween(before), hoursBetween(after)];
    if (old === undefined || (now !== undefined && now <= old)) return [];
    const since = now === undefined ? 'never, because Velero refuses the expression' : `every ${rounded(now)} hours`;
    return [
      {
        path: 'spec.schedule',
        says: `${label(after)} backs up at least ${since} instead of every ${rounded(old)}: ${shown(at(before, 'spec', 'schedule'))} → ${shown(at(after, 'spec', 'schedule'))}`,
        instead: 'check that this much may be lost',
      },
    ];
  },
});

/** Velero's default, also in place of zero. */
const TTL_HOURS = 720;

function hoursKept(schedule: Manifest): number {
  const seconds = goSecondsOf(textAt(schedule, 'spec', 'template', 'ttl') ?? '');
  return seconds ? seconds / 3600 : TTL_HOURS;
}

const shorter = rule('SLP-backup-shorter', {
  severity: 'danger',
  about: 'Backups are kept for a shorter time',
  kinds: KINDS,
  changed: (before, after) => {
    const [old, now] = [hoursKept(before), hoursKept(after)];
    return isVelero(after) && now < old
      ? [
          {
            path: 'spec.template.ttl',
            says: `Backups of ${label(after)} are deleted after ${rounded(now)} hours instead of ${rounded(old)}`,
            instead: 'check that no older backup is needed, nor required by law',
          },
        ]
      : [];
  },
});

function rounded(hours: number): string {
  return String(Math.round(hours * 10) / 10);
}

function included(schedule: Manifest): string[] {
  const names = listAt(schedule, 'spec', 'template', 'includedNamespaces').map(String);
  return names.length > 0 ? names : ['*'];
}

/** Settings by which the content of volumes is copied. */
const CONTENTS = ['snapshotVolumes', 'snapshotMoveData', 'defaultVolumesToFsBackup'] as const;

const leavesOut = rule('SLP-backup-leaves-out', {
  severity: 'danger',
  about: 'A backup Schedule has fewer namespaces or resources, copies fewer volumes, or runs fewer hooks',
  kinds: KINDS,
  changed: (before, after) => {
    if (!isVelero(after)) return [];
    const said = (field: string, says: string): Said => ({
      path: `spec.template.${field}`,
      says: `${label(after)} no longer ${says}`,
      instead: 'check that what is left out has another backup',
    });
    const list = (one: Manifest, field: string): string[] => listAt(one, 'spec', 'template', field).map(String);
    const narrower = ['Namespaces', 'Resources'].flatMap((of) => {
      const [old, now] = [before, after].map((one) => list(one, `included${of}`));
      const all = (names: readonly string[]): boolean => names.length === 0 || names.includes('*');
      const gone = all(now!) ? [] : all(old!) ? ['all others'] : without(old!, now!);
      const excluded = without(list(after, `excluded${of}`), list(before, `excluded${of}`));
      return [
        ...(gone.length > 0 ? [said(`included${of}`, `backs up ${listed(gone)}, but only ${listed(now!)}`)] : []),
        ...(excluded.length > 0 ? [said(`excluded${of}`, `backs up ${listed(excluded)}`)] : []),
      ];
    });
    const contents = CONTENTS.filter(
      (field) => at(before, 'spec', 'template', field) === true && at(after, 'spec', 'template', field) !== true,
    ).map((field) => said(field, `copies the content of volumes by ${field}`));
    const hooks = (one: Manifest): string[] =>
      listAt(one, 'spec', 'template', 'hooks', 'resources').map((hook) => textAt(hook, 'name') ?? '');
    const lost = without(hooks(before), hooks(after));
    return [...narrower, ...contents, ...(lost.length > 0 ? [said('hooks', `runs the hooks ${listed(lost)}`)] : [])];
  },
});

/** Schedules of backups. */
export const SCHEDULES = [stops, rarer, shorter, leavesOut];
