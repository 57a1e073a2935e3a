import { Lazy } from 'cdk8s';

/** A value that is computed when its object is rendered, after all components have been composed. */
export function lazy<T>(produce: () => T): T {
  return Lazy.any({ produce }) as T;
}
