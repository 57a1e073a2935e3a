import type { Alert } from '../../charts/rules/rule.ts';
import { NAMED_ALERTS } from './all-alerts.ts';

/** An alert that is not told of while another one fires. */
interface Muting {
  readonly muted: string;
  readonly by: string;
  /** Labels of which both have the same value. */
  readonly equal: readonly string[];
}

/** What `mutedBy` of the alerts says. */
export const mutingsOf = (alerts: readonly (readonly [string, Alert])[]): Muting[] =>
  alerts.flatMap(([muted, { mutedBy = {} }]) => Object.entries(mutedBy).map(([by, equal]) => ({ muted, by, equal })));

const MUTINGS = mutingsOf(NAMED_ALERTS);

/** Labels that an alert needs to mute another one, or to be muted. */
export function sharedLabels(name: string): string[] {
  return MUTINGS.flatMap(({ muted, by, equal }) => (name === muted || name === by ? equal : []));
}

/** The mutings that can never apply, since there is no such alert, or it is the alert itself. */
export function neverApplying(alerts: readonly (readonly [string, Alert])[]): string[] {
  const names = new Set(alerts.map(([name]) => name));
  return mutingsOf(alerts)
    .filter(({ muted, by }) => !names.has(by) || by === muted)
    .map(({ muted, by }) => `${muted} by ${by}`);
}
