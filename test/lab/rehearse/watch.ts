import type { Live } from '../api.ts';
import type { Lab } from '../lab.ts';
import { KINDS } from '../mirror.ts';
import type { ApplicationLog } from './log.ts';

/** Follows Applications and pods from the push on. */
export class Watch {
  /** Every pod that has been there since, by its uid. */
  readonly pods = new Map<string, Live>();
  readonly log: ApplicationLog;
  private readonly stopped = new AbortController();
  private pushedAt = Date.now();

  constructor({ plane: { api } }: Lab, log: ApplicationLog) {
    this.log = log;
    const { signal } = this.stopped;
    let known = new Set<string>();
    void api.follow(
      KINDS.applications,
      signal,
      (items) => {
        const names = new Set(items.map(({ metadata }) => metadata.name));
        for (const name of known) if (!names.has(name)) log.delete(name, this.elapsed());
        known = names;
        for (const item of items) log.put(item, this.elapsed());
      },
      (type, item) => {
        if (type === 'DELETE') log.delete(item.metadata.name, this.elapsed());
        else log.put(item, this.elapsed());
      },
    );
    const pod = (item: Live): unknown => this.pods.set(item.metadata.uid, item);
    void api.follow(
      KINDS.pods,
      signal,
      (items) => items.forEach(pod),
      (_, item) => void pod(item),
    );
  }

  /** Time counts from now on. */
  begin(): void {
    this.pushedAt = Date.now();
  }

  /** Milliseconds since the push. */
  readonly elapsed = (): number => Date.now() - this.pushedAt;

  end(): void {
    this.stopped.abort();
  }
}
