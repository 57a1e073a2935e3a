import type { Context, Snapshot, Surroundings } from '../change.ts';

/** Surroundings that tell whether anybody has looked at them. */
export class Watched implements Context {
  isLookedAt = false;
  readonly application: string;
  readonly #around: Surroundings;

  constructor(around: Surroundings, application: string) {
    this.#around = around;
    this.application = application;
  }

  get before(): Snapshot {
    this.isLookedAt = true;
    return this.#around.before;
  }

  get after(): Snapshot {
    this.isLookedAt = true;
    return this.#around.after;
  }
}
