import type { ClusterSettings } from '../cluster-file.ts';
import { scheduleMistake } from '../components/velero/schedule.ts';
import { type SettingPath, throwIfAny } from '../fault.ts';
import { cronJobMistake } from '../lib/cron-job.ts';
import { isZone } from '../lib/cron.ts';
import { groupOf, label, type Manifest, textAt } from '../lib/manifest.ts';
import type { Part } from '../order/order.ts';

/** What a schedule of a kind must be, if it is not. */
const MISTAKES: Readonly<Record<string, (manifest: Manifest, schedule: string) => string | undefined>> = {
  'batch/CronJob': mistakeOf,
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

/** The API server refuses a time zone that it does not know, and one outside the field for it. */
function mistakeOf(manifest: Manifest, schedule: string): string | undefined {
  const timeZone = textAt(manifest, 'spec', 'timeZone');
  const mistake = cronJobMistake(schedule);
  if (mistake !== undefined || timeZone === undefined || isZone(timeZone)) return mistake;
  return `must have a time zone such as Europe/Berlin in spec.timeZone, not ${JSON.stringify(timeZone)}`;
}
