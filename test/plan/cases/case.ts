import type { Severity, Verdict } from '../../../charts/plan/model.ts';
import type { Objects } from '../changes.ts';

/** A change, and what the plan must say of it. */
export interface Case {
  /** Its number and words. */
  readonly title: string;
  readonly before: Objects;
  readonly after: Objects;
  /** The object whose entry is meant. @default the only one */
  readonly of?: string;
  readonly verdict: Verdict;
  /** The worst that is said. @default info */
  readonly severity?: Severity;
  /** A rule that must have said something. */
  readonly rule?: string;
  /** What an explanation must name. */
  readonly names?: RegExp;
  /** The paths of all differences that mean something. */
  readonly fields?: readonly string[];
}
