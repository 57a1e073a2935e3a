import type { Manifest } from '../lib/manifest.ts';

const NONE = {};

/** What is known of two versions of an object, one of which may be missing; forgotten with either of them. */
export class OfBoth<T> {
  readonly #known = new WeakMap<object, WeakMap<object, T>>();

  get(before: Manifest | undefined, after: Manifest | undefined): T | undefined {
    return this.#known.get(before ?? NONE)?.get(after ?? NONE);
  }

  set(before: Manifest | undefined, after: Manifest | undefined, value: T): void {
    const known = this.#known.get(before ?? NONE) ?? new WeakMap<object, T>();
    this.#known.set(before ?? NONE, known.set(after ?? NONE, value));
  }
}
