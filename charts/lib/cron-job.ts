import { k8s } from 'cdk8s-plus-28';
import { z } from 'zod';
import type { Component } from '../component.ts';
import { DIALECTS, fires, longestGapOf, readCron } from './cron.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** What a schedule of a CronJob must be, if the API server refuses it or it never fires. */
export function cronJobMistake(schedule: string): string | undefined {
  if (schedule.includes('TZ')) return 'must have its time zone in spec.timeZone, not in spec.schedule';
  const reading = readCron(schedule, DIALECTS['robfig/cron']);
  if (typeof reading === 'string') return reading;
  return fires(reading) ? undefined : 'must be a time that comes: no year has such a day';
}

/** Schema of the schedule of a CronJob: a cron expression with five fields, in UTC. */
export const cronJobSchedule = z.string().superRefine((schedule, context) => {
  const mistake = cronJobMistake(schedule);
  if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
});

/** The longest time between two runs of a schedule that is no mistake, in seconds. */
export const longestGapOfCronJob = (schedule: string): number => longestGapOf(schedule, DIALECTS['robfig/cron']);

/** Options of a CronJob. */
export interface CronJobProps extends WorkloadProps {
  /** Cron expression with five fields, in UTC. */
  readonly schedule: string;
  /** Seconds after which a run is terminated and counts as failed. The next one does not begin before. */
  readonly activeDeadlineSeconds: number;
}

/**
 * What runs by the clock, one run at a time. Containers that fail are started again in their pod: network plugins refuse the
 * connections of a new pod for a while.
 */
export class CronJob extends Workload<CronJobProps> {
  constructor(component: Component, props: CronJobProps) {
    super(component, props);
    const template = this.podTemplate();
    new k8s.KubeCronJob(this, 'CronJob', {
      metadata: this.ownMetadata(),
      spec: {
        schedule: props.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        // A controller that was away for longer skips the run, and says so once in an Event.
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          spec: {
            activeDeadlineSeconds: props.activeDeadlineSeconds,
            backoffLimit: 3,
            template: { ...template, spec: { ...template.spec!, restartPolicy: 'OnFailure' } },
          },
        },
      },
    });
  }
}
