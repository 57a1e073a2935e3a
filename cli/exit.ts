import { Fault } from '../charts/fault.ts';

/** How a command line ends, for scripts. Their meanings are in `EXITS`, which the help prints. */
export const EXIT = {
  /** What was asked for was done, and there is nothing to say against it. */
  success: 0,
  /** Something is wrong with the fleet, its files, its history, or the machine: it could not be done, or it may not be done. */
  fault: 1,
  /** It was done, and what was asked about is not as it should be: dist is out of date, a plan has what `--fail-on` names. */
  difference: 2,
  /** The command line names what does not exist: it has to be written in another way. */
  usage: 3,
} as const;

/** What each exit code means, in the help of all subcommands. */
export const EXITS: Readonly<Record<number, string>> = {
  [EXIT.success]: 'success',
  [EXIT.fault]: 'an error, with what is wrong, where, what was seen and what to do on standard error',
  [EXIT.usage]: 'the command line is wrong: an unknown subcommand, option or name',
};

/** The exit code of an error: that of its problems if all are of one kind, else that of a fault. */
export function exitOf(error: unknown): number {
  if (!(error instanceof Fault)) return EXIT.fault;
  const [kind = 'fault', ...others] = new Set(error.problems.map((problem) => problem.kind));
  return others.length > 0 ? EXIT.fault : EXIT[kind];
}
