import type { ClusterSettings } from '../cluster-file.ts';
import { scheduleMistake } from '../components/velero/schedule.ts';
import { type SettingPath, throwIfAny } from '../fault.ts';
import { DIALECTS, fires, isZone, readCron } from '../lib/cron.ts';
import { groupOf, label, type Manifest, textAt } from '../lib/manifest.ts';
import type { Part } from '../order/order.ts';

/** What a schedule of a kind must be, if it is not. */
const MISTAKES: Readonly<Record<string, (manifest: Manifest, schedule: string) => string | undefined>> = {
  'batch/CronJob': cronJobMistake,
  'velero.io/Schedule': (_, schedule) => scheduleMistake(schedule),
};

/** The sections of a cluster file that say objects. */
type ObjectSettings = Pick<ClusterSettings, 'manifests' | 'overrides'>;

/**
 * Checks the schedules of all objects, those that others wrote and those that an override changed among them.
 *
 * @throws Fault naming each object whose schedule its controller refuses, or that never fires
 */
export function checkSchedules(parts: readonly Part[], settings: ObjectSettings): void {
  throwIfAny(
    parts.flatMap(({ name, manifests }) =>
      manifests.flatMap((manifest) => {
        const schedule = textAt(manifest, 'spec', 'schedule');
        const mistake =
          schedule === undefined ? undefined : MISTAKES[`${groupOf(manifest)}/${manifest.kind}`]?.(manifest, schedule);
        if (schedule === undefined || mistake === undefined) return [];
        return {
          what: `the schedule of ${label(manifest)} is invalid`,
          setting: settingOf(name, manifest, settings),
          where: label(manifest),
          seen: schedule,
          fix: mistake.replace(/^must /, 'it must '),
        };
      }),
    ),
  );
}

/** The last override of an object, else its entry; undefined if it is a component's own. */
function settingOf(component: string, manifest: Manifest, settings: ObjectSettings): SettingPath | undefined {
  const override = settings.overrides.findLastIndex(({ object }) => object.endsWith(label(manifest)));
  if (override >= 0) return ['overrides', override];
  return component in settings.manifests ? ['manifests', component] : undefined;
}

/** The API server refuses what its parser does, and a time zone outside the field for it. */
function cronJobMistake(manifest: Manifest, schedule: string): string | undefined {
  const timeZone = textAt(manifest, 'spec', 'timeZone');
  if (schedule.includes('TZ')) return 'must have its time zone in spec.timeZone, not in spec.schedule';
  if (timeZone !== undefined && !isZone(timeZone))
    return `must have a time zone such as Europe/Berlin in spec.timeZone, not ${JSON.stringify(timeZone)}`;
  const reading = readCron(schedule, DIALECTS['robfig/cron']);
  if (typeof reading === 'string') return reading;
  return fires(reading) ? undefined : 'must be a time that comes: no year has such a day';
}
