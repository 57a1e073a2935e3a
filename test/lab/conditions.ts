import { listAt, textAt } from '../../charts/lib/manifest.ts';

/** Whether the object's condition Ready is True. */
export function isReady(object: unknown): boolean {
  return isTrue(object, 'Ready');
}

/** Whether a condition in the object's status is True. */
export function isTrue(object: unknown, type: string): boolean {
  return listAt(object, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
  );
}
