import type { Answer } from './ask.ts';

/** How long hosts are watched, all in seconds. */
export interface Period {
  readonly seconds: number;
  /** A host that does not answer well for so long at a stretch has failed. */
  readonly patience: number;
  /** From one round of requests to the next. */
  readonly interval: number;
}

/** What asks, and what tells the time; tests give their own. */
export interface Means {
  readonly ask: (host: string) => Promise<Answer>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** What became of a host. */
export interface Course {
  readonly host: string;
  readonly answers: number;
  /** How many of these were not good. */
  readonly bad: number;
  /** Seconds of the longest time without a good answer. */
  readonly away: number;
  /** What the last bad answer was. */
  readonly says?: string;
  readonly hasFailed: boolean;
}

interface Running {
  answers: number;
  bad: number;
  away: number;
  says?: string;
  /** Since when there was no good answer. */
  since?: number;
}

/**
 * Asks all hosts again and again. A host may be away for less than the patience, as one with a single pod is while that is replaced;
 * the watch ends at once when one has failed, and at its end each has to answer.
 */
export async function watch(hosts: readonly string[], period: Period, { ask, now, pause }: Means): Promise<Course[]> {
  const runs = new Map(hosts.map((host): [string, Running] => [host, { answers: 0, bad: 0, away: 0 }]));
  const start = now();
  const elapsed = (): number => (now() - start) / 1000;
  for (;;) {
    const asked = elapsed();
    await Promise.all([...runs].map(async ([host, run]) => note(run, await ask(host), asked)));
    const isOver = elapsed() >= period.seconds;
    const waits = [...runs.values()].some(({ since }) => since !== undefined);
    const failed = [...runs.values()].some((run) => hasFailed(run, elapsed(), period));
    // Whoever is away at the end has the rest of its time.
    if (failed || (isOver && !waits)) return [...runs].map(([host, run]) => courseOf(host, run, elapsed(), period));
    await pause(period.interval * 1000);
  }
}

function note(run: Running, { isGood, says }: Answer, asked: number): void {
  run.answers += 1;
  if (isGood) {
    if (run.since !== undefined) run.away = Math.max(run.away, asked - run.since);
    delete run.since;
    return;
  }
  run.bad += 1;
  run.says = says;
  run.since ??= asked;
}

function hasFailed({ since }: Running, elapsed: number, { patience }: Period): boolean {
  return since !== undefined && elapsed - since >= patience;
}

function courseOf(host: string, run: Running, elapsed: number, period: Period): Course {
  const { answers, bad, away, says, since } = run;
  return {
    host,
    answers,
    bad,
    away: since === undefined ? away : Math.max(away, elapsed - since),
    ...(says !== undefined && { says }),
    hasFailed: hasFailed(run, elapsed, period),
  };
}
