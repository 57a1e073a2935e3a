import { Lazy } from 'cdk8s';

/** A value of an object that is computed when the object is rendered: once everything is composed, in whatever order. */
export function lazy<T>(produce: () => T): T {
  return Lazy.any({ produce }) as T;
}
