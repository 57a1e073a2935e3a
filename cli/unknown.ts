import { Fault, type Problem, suggest, throwIfAny } from '../charts/fault.ts';

/** A mistake of whoever typed the command: where it is, and what it is. */
export const MISUSE = { kind: 'usage', where: 'the command line' } as const satisfies Partial<Problem>;

/** A mistake on the command line. */
export function misuse(what: string, seen: string, fix: string): Problem {
  return { ...MISUSE, what, seen, fix };
}

/**
 * A word on the command line that nothing is called.
 *
 * @param what what is not there, up to the word: `there is no cluster`
 * @param otherwise advice that follows the list of what is known
 */
export function unknown(what: string, word: string, known: readonly string[], otherwise?: string): Problem {
  return misuse(`${what} "${word}"`, word, suggest(word, known, otherwise));
}

/** Those of the known names that were asked for; all if none was. @throws Fault for each one that is unknown */
export function select(what: string, known: readonly string[], asked: readonly string[]): string[] {
  throwIfAny(asked.filter((name) => !known.includes(name)).map((name) => unknown(what, name, known)));
  return asked.length > 0 ? known.filter((name) => asked.includes(name)) : [...known];
}

/** The entry of a table by the name that was typed. @throws Fault if there is none */
export function entryOf<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw new Fault(unknown(what, name, Object.keys(table)));
  return entry;
}
