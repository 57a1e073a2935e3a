import { isDeepStrictEqual } from 'node:util';
import { ROOT, SYNC_WAVE } from '../../../charts/lib/argo.ts';
import { grouped } from '../../../charts/lib/grouped.ts';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import { type ApplicationStatus, isSettled, statusOf } from '../lab.ts';
import type { Rendered } from './objects.ts';
import type { Refusal, Unsettled, Wave } from './report.ts';
import { isTryingAgain, type Trouble, troublesOf } from './trouble.ts';

/** After so many failed attempts, nobody expects that the next one helps. */
const HOPELESS_ATTEMPTS = 3;

/** What an Application went through since the push. */
interface Passage {
  /** When its operation of before the push started, as Argo CD writes it. */
  readonly operation: string | undefined;
  /** Milliseconds since the push. */
  started?: number;
  settledAt?: number;
  live: Live;
  status: ApplicationStatus;
  troubles: readonly Trouble[];
  /** Comparisons that failed, by their time: Argo CD does not count them. */
  readonly failedComparisons: Set<string>;
  /** Each trouble that there ever was, by object or message. */
  readonly refusals: Map<string, Trouble>;
}

/** What all Applications went through since the push, as their watch tells it. */
export class ApplicationLog {
  readonly #rendered: readonly Rendered[];
  readonly #passages = new Map<string, Passage>();
  /** When a status last changed. */
  #changedAt = 0;

  /** @param applications as they were before the push */
  constructor(applications: readonly Live[], rendered: readonly Rendered[]) {
    this.#rendered = rendered;
    for (const live of applications) this.#passages.set(live.metadata.name, passageOf(live, operationOf(live)));
  }

  /** An Application is there, or has changed. @param time milliseconds since the push */
  put(live: Live, time: number): void {
    const known = this.#passages.get(live.metadata.name);
    const passage = known ?? passageOf(live, undefined);
    this.#passages.set(live.metadata.name, passage);
    const before = stateOf(passage);
    passage.live = live;
    passage.status = statusOf(live);
    if (operationOf(live) !== passage.operation) passage.started ??= time;
    if (!isTryingAgain(live)) passage.troubles = troublesOf(live, this.#rendered, passage.failedComparisons);
    for (const trouble of passage.troubles) {
      const key = trouble.object ?? trouble.message;
      const worst = Math.max(trouble.attempts, passage.refusals.get(key)?.attempts ?? 0);
      passage.refusals.set(key, { ...trouble, attempts: worst });
    }
    if (!isSettled(passage.status)) delete passage.settledAt;
    else passage.settledAt ??= time;
    if (!known || !isDeepStrictEqual(before, stateOf(passage))) this.#changedAt = time;
  }

  /** An Application is gone. */
  delete(name: string, time: number): void {
    if (this.#passages.delete(name)) this.#changedAt = time;
  }

  /** When a status last changed, in milliseconds since the push. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /** Applications that wait for somebody to confirm a deletion. */
  waitingToDelete(): string[] {
    const waits = ({ live, status }: Passage): boolean =>
      live.metadata.deletionTimestamp === undefined
        ? status.busy && /\bconfirm/i.test(status.message)
        : listAt(live, 'status', 'resources').some((one) => at(one, 'requiresDeletionConfirmation') === true);
    return [...this.#passages].filter(([, passage]) => waits(passage)).map(([name]) => name);
  }

  /** Applications that Argo CD could not compare: it tries again only after minutes, unless it is asked. */
  notCompared(): string[] {
    return [...this.#passages]
      .filter(([, { troubles, failedComparisons }]) => troubles.length > 0 && failedComparisons.size > 0)
      .map(([name]) => name);
  }

  /**
   * Applications for which there is still something to wait for.
   *
   * @param names those that are to be Synced and Healthy; others are to go
   * @param changed of these, those that must have seen a commit
   */
  pending(names: readonly string[], changed: ReadonlySet<string>, commit: string): string[] {
    const all = new Set([...names, ...this.#passages.keys()]);
    const open = [...all].filter((name) => {
      const passage = this.#passages.get(name);
      if (passage === undefined || !names.includes(name)) return true;
      return !isSettled(passage.status) || (changed.has(name) && !hasSeen(passage.live, commit));
    });
    const hopeless = open.filter((name) => isHopeless(this.#passages.get(name)));
    // The root's health is that of the others; it waits for them, and with it those that it has not created or deleted yet.
    const waits = (name: string): boolean => name === ROOT || !this.#passages.has(name) || !names.includes(name);
    return open.filter((name) => !hopeless.includes(name) && !(hopeless.length > 0 && waits(name)));
  }

  refusals(): Refusal[] {
    return [...this.#passages].flatMap(([application, { refusals, status, troubles }]) =>
      [...refusals.values()].map((one) => ({
        application,
        ...one,
        healed: isSettled(status) && troubles.length === 0,
      })),
    );
  }

  /** @param names those that are to be there */
  unsettled(names: readonly string[]): Unsettled[] {
    const isRootAlone = ({ application, status }: Unsettled): boolean =>
      application === ROOT && status.startsWith('Synced');
    const missing = names.filter((name) => !this.#passages.has(name));
    const others = [...this.#passages].flatMap(([application, { status }]) => {
      if (!names.includes(application)) return [{ application, status: 'still there' }];
      return isSettled(status) ? [] : [{ application, status: `${status.sync}, ${status.health}` }];
    });
    const all = [...missing.map((application) => ({ application, status: 'missing' })), ...others];
    // The root is as healthy as the others are.
    return all.length > 1 ? all.filter((one) => !isRootAlone(one)) : all;
  }

  /** The waves in which something synced. @param applications as rendered, which have the waves */
  waves(applications: readonly Manifest[]): Wave[] {
    const synced = applications.flatMap(({ metadata: { name, annotations } }) => {
      const { started, settledAt } = this.#passages.get(name) ?? {};
      return started === undefined ? [] : [{ name, wave: Number(annotations?.[SYNC_WAVE] ?? 0), started, settledAt }];
    });
    return [...grouped(synced, ({ wave }) => wave)]
      .toSorted(([one], [other]) => one - other)
      .map(([wave, own]) => {
        const ends = own.flatMap(({ settledAt }) => settledAt ?? []);
        return {
          wave,
          applications: own.map(({ name }) => name).sort(),
          from: seconds(Math.min(...own.map(({ started }) => started))),
          ...(ends.length === own.length && { to: seconds(Math.max(...ends)) }),
        };
      });
  }
}

/** Seconds with one decimal. */
export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function passageOf(live: Live, operation: string | undefined): Passage {
  return { operation, live, status: statusOf(live), troubles: [], failedComparisons: new Set(), refusals: new Map() };
}

function operationOf(live: Live): string | undefined {
  return textAt(live, 'status', 'operationState', 'startedAt');
}

/** Whether Argo CD has compared the Application with a commit. */
function hasSeen(live: Live, commit: string): boolean {
  return textAt(live, 'status', 'sync', 'revision') === commit;
}

function isHopeless(passage: Passage | undefined): boolean {
  return (passage?.troubles ?? []).some(({ attempts }) => attempts >= HOPELESS_ATTEMPTS);
}

/** What counts as a change: another attempt that fails in the same way is none. */
function stateOf({ status: { sync, health, busy }, troubles }: Passage): unknown {
  return [sync, health, busy, troubles.map(({ object, message }) => [object, message])];
}
