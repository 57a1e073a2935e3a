import type { Manifest } from '../lib/manifest.ts';

const NEW = {};
const GONE = {};

/**
 * What is known of two versions of an object, one of which may be missing; forgotten with the later one. Every weak map
 * costs time in each garbage collection: the inner ones are not weak, so an earlier version is kept by the later one.
 */
export class OfBoth<T> {
  readonly #known = new WeakMap<object, Map<object, T>>();

  get(before: Manifest | undefined, after: Manifest | undefined): T | undefined {
    return this.#known.get(after ?? before ?? GONE)?.get(after ? (before ?? NEW) : GONE);
  }

  set(before: Manifest | undefined, after: Manifest | undefined, value: T): void {
    const one = after ?? before ?? GONE;
    const known = this.#known.get(one) ?? new Map<object, T>();
    this.#known.set(one, known.set(after ? (before ?? NEW) : GONE, value));
  }
}
