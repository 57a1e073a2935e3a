import { closest, distance } from 'fastest-levenshtein';

/** Keys and indices from the root of a cluster file: `['services', 'restaurants']`. */
export type SettingPath = readonly (string | number)[];

/** One error that a user can fix. */
export interface Problem {
  /** What it is, unless it is a fault of the fleet, of its files or of the machine. It decides the exit code. */
  readonly kind?: 'usage' | 'difference';
  /** What is wrong, in the user's terms; no full stop. */
  readonly what: string;
  /** The file that says it, from the repository's root, with the line if it is known: `clusters/local/cluster.ts:12`. */
  readonly file?: string;
  /**
   * The setting of the cluster that is wrong, by its path, or by a key of an object of the settings; rendering replaces
   * it by its file and line.
   */
  readonly setting?: SettingPath | { readonly of: object; readonly key: string };
  /** Where, if that is not a file of the cluster: an object of dist, a component, the command line. */
  readonly where?: string;
  /** The cluster that was being rendered. */
  readonly cluster?: string;
  /** The value found there. */
  readonly seen?: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Errors in the input. The CLI prints them without a stack trace; their kinds decide its exit code. */
export class Fault extends Error {
  readonly problems: readonly Problem[];

  constructor(...problems: Problem[]) {
    super(problems.map(describe).join('\n\n'));
    this.name = 'Fault';
    this.problems = problems;
  }
}

/** Runs a step; what `complete` knows is added to the mistakes that it finds. @throws Fault as the step does */
export function completing<T>(complete: (problem: Problem) => Problem, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof Fault ? new Fault(...error.problems.map(complete)) : error;
  }
}

/** Runs a step of a cluster; the mistakes that it finds say whose they are. */
export function inCluster<T>(cluster: string, step: () => T): T {
  return completing((problem) => ({ ...problem, cluster }), step);
}

/** Runs a step for one setting; the mistakes that it finds name the setting, unless they name another one. */
export function forSetting<T>(setting: Problem['setting'], step: () => T): T {
  return completing((problem) => ({ setting, ...problem }), step);
}

/** A problem as text: one line each for what, where, seen and fix. */
export function describe({ what, seen, fix, ...problem }: Problem): string {
  const place = placeOf(problem);
  return [what, place && `  at:   ${place}`, seen !== undefined && `  seen: ${seen}`, `  fix:  ${fix}`]
    .filter(Boolean)
    .join('\n');
}

/** The file if there is one, since its path names the cluster; else the cluster and the place. */
function placeOf({ file, where, cluster }: Omit<Problem, 'what' | 'fix'>): string {
  return file ?? [cluster && `cluster ${cluster}`, where].filter(Boolean).join(', ');
}

/** A value in a message: as JSON, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/**
 * `did you mean "x"?` if a known word is similar, else the list of known words.
 *
 * @param otherwise advice that follows the list
 */
export function suggest(word: string, known: readonly string[], otherwise?: string): string {
  if (known.length === 0) return 'no value is allowed here; remove it';
  const meant = similar(word, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return [`use one of: ${known.join(', ')}`, otherwise].filter(Boolean).join('; ');
}

/** The known word that a word may be a misspelling of, if any. */
export function similar(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  return isTypo(word.toLowerCase(), nearest.toLowerCase()) ? nearest : undefined;
}

/** True for letters that changed places, and for as many edits as a word of that length bears. */
function isTypo(word: string, known: string): boolean {
  const edits = distance(word, known);
  const sorted = (text: string): string => text.split('').toSorted().join('');
  return edits <= bearable(word, known) || (edits === 2 && sorted(word) === sorted(known));
}

/** Short words, such as names of clouds, are similar to each other anyway. */
function bearable(word: string, known: string): number {
  const longest = Math.max(word.length, known.length);
  if (longest <= 3) return 0;
  return longest <= 5 ? 1 : Math.max(2, word.length / 3);
}

/** @throws Fault with all problems, if there are any */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Fault(...problems);
}
