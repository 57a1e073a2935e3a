import type { Snapshot, Surroundings } from '../change.ts';

/** Surroundings that tell whether anybody has looked at them. */
export class Watched implements Surroundings {
  isLookedAt = false;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
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
