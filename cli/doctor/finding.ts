/** What was found out about one thing that ought to be. */
export interface Finding {
  /** What ought to be, as a sentence without a full stop. */
  readonly what: string;
  /** `unknown` if it could not be asked. */
  readonly state: 'in force' | 'missing' | 'unknown';
  /** The cloud or the cluster that it is about. */
  readonly about?: string;
  /** The command that asked for it. */
  readonly asked?: string;
  /** What was seen. */
  readonly seen?: string;
  /** What to do: lines to write, or commands to run. */
  readonly fix?: readonly string[];
}

/** The finding of a condition: the rest says what was seen, and what to do, if it is not met. */
export function found(what: string, isInForce: boolean, otherwise: Required<Pick<Finding, 'seen' | 'fix'>>): Finding {
  return isInForce ? { what, state: 'in force' } : { what, state: 'missing', ...otherwise };
}
