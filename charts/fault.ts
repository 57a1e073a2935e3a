import { closest, distance } from 'fastest-levenshtein';

/** One error that a user can fix. */
export interface Problem {
  /** What is wrong, in the user's terms; no full stop. */
  readonly what: string;
  /** Where: `clusters/local/cluster.ts:12`, or an object of dist. */
  readonly where?: string;
  /** The value found there. */
  readonly seen?: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Errors in the input. The CLI prints them without a stack trace and exits with code 1. */
export class Fault extends Error {
  readonly problems: readonly Problem[];

  constructor(...problems: Problem[]) {
    super(problems.map(describe).join('\n\n'));
    this.name = 'Fault';
    this.problems = problems;
  }
}

/** A problem as text: one line each for what, where, seen and fix. */
export function describe({ what, where, seen, fix }: Problem): string {
  return [what, where && `  at:   ${where}`, seen !== undefined && `  seen: ${seen}`, `  fix:  ${fix}`]
    .filter(Boolean)
    .join('\n');
}

/** `did you mean "x"?` if a known word is similar, else the list of known words. */
export function suggest(word: string, known: readonly string[]): string {
  if (known.length === 0) return 'no value is allowed here; remove it';
  const nearest = closest(word, known);
  // Up to two edits, or a third of a long word, count as a typo.
  const near = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, word.length / 3);
  return near ? `did you mean "${nearest}"?` : `use one of: ${known.join(', ')}`;
}

/** @throws Fault with all problems, if there are any */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Fault(...problems);
}
