import type { Workspace } from '../synth.ts';

/**
 * What a shell completes a word to: files, commits of Git, subcommands, or names of the repository, which are what the
 * star of a pattern stands for.
 */
export type Source = 'file' | 'commit' | 'subcommand' | `${string}/*/${string}`;

/** A word that people type. */
interface Word {
  /** What it is or does, as a clause without a full stop. */
  readonly means: string;
  readonly from?: Source;
  /** All that it may be. */
  readonly choices?: readonly string[];
}

/** A word after the subcommand. Only the last argument of a subcommand is optional or repeated. */
export interface Argument extends Word {
  /** In capitals, as the help shows it: `CLUSTER`. */
  readonly name: string;
  readonly count: 'one' | 'optional' | 'any';
}

/** `--name`, or `--name VALUE`. */
export interface Option extends Word {
  /** What stands for its value in the help. Without it, the option is a flag. */
  readonly value?: string;
  /** Its value is a list of choices, separated by commas. */
  readonly list?: true;
  readonly required?: true;
  /** The value if none is given. */
  readonly default?: string;
  /** What is taken if no value is given, where it is not a constant. */
  readonly otherwise?: string;
  /** Another option of the subcommand, which cannot be given with it. */
  readonly excludes?: string;
  readonly short?: string;
}

/** What a subcommand prints, and its exit code. */
export interface Outcome {
  readonly text: string;
  /** One of `EXIT`. */
  readonly code: number;
  /** What has failed all the same. It is printed after the text, and decides the exit code. */
  readonly error?: unknown;
}

interface Description {
  /** Its line of `slipway --help`: what it does, in the imperative. */
  readonly summary: string;
  /** What else its own help says: a paragraph each. */
  readonly details?: readonly string[];
  /** What its exit codes mean, in addition to `EXITS`. */
  readonly exits?: Readonly<Record<number, string>>;
  /** The fields that it prints with --json, by their paths, with what each means. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Command lines without `npx slipway`, with what each does. */
  readonly examples: Readonly<Record<string, string>>;
  /** The file to read, from the repository's root. */
  readonly document?: string;
  /** It reads neither clusters nor dist, so that it works whatever state they are in. */
  readonly readsNothing?: true;
  /** It asks whoever runs it, so that no line of progress may come in between. */
  readonly asks?: true;
}

/** The value of an option, as it is parsed. */
export type Value = string | readonly string[] | boolean | undefined;

/**
 * A subcommand: the one place that says how it is called and what it does. Help, completion and parsing follow. What runs
 * it is imported when it runs: none loads what only another one needs.
 */
export interface Subcommand extends Description {
  readonly takes: readonly Argument[];
  /** In addition to those of all subcommands. */
  readonly options: Readonly<Record<string, Option>>;
  /** @returns what to print, and the exit code if that is not 0 */
  run(
    workspace: Workspace,
    names: readonly string[],
    values: Readonly<Record<string, Value>>,
  ): string | Outcome | Promise<string | Outcome>;
}

type Typed<W extends Word> = W extends { readonly choices: readonly (infer C extends string)[] } ? C : string;

type ValueOf<O extends Option> = O extends { readonly value: string }
  ? | (O extends { readonly list: true } ? readonly Typed<O>[] : Typed<O>)
    | (O extends { readonly required: true } | { readonly default: string } ? never : undefined)
  : boolean;

type Names<A extends readonly Argument[]> = A extends readonly [
  infer First extends Argument,
  ...infer Rest extends readonly Argument[],
]
  ? {
      readonly one: readonly [Typed<First>, ...Names<Rest>];
      readonly optional: readonly [Typed<First>?];
      readonly any: readonly Typed<First>[];
    }[First['count']]
  : readonly [];

interface Declared<A extends readonly Argument[], O extends Readonly<Record<string, Option>>> extends Description {
  readonly takes?: A;
  readonly options?: O;
  run(
    workspace: Workspace,
    names: Names<A>,
    values: { readonly [Name in keyof O]: ValueOf<O[Name]> },
  ): ReturnType<Subcommand['run']>;
}

/** Declares a subcommand, whose arguments and options have the types that their declarations say. */
export function command<
  const A extends readonly Argument[] = readonly [],
  const O extends Readonly<Record<string, Option>> = Readonly<Record<string, never>>,
>(declared: Declared<A, O>): Subcommand {
  // parse() gives `run` what the declarations say, which is more than its type for all subcommands.
  return { takes: [], options: {}, ...(declared as Description & Pick<Subcommand, 'run'>) };
}

/** The options of all subcommands. */
export const COMMON: Readonly<Record<'trace' | 'help', Option>> = {
  trace: { means: 'print the stack trace of an error' },
  help: { short: 'h', means: 'print help, and do nothing else' },
};

/** The option of what reports something. */
export const JSON_TOO = { means: 'print it as JSON' } as const satisfies Option;

/** The option of what says what it has done. */
export const QUIET = { means: 'print warnings alone' } as const satisfies Option;

/** The argument of what takes all clusters or some. */
export const CLUSTERS = {
  name: 'CLUSTER',
  count: 'any',
  means: 'folders of clusters/; default: all',
  from: 'clusters/*/cluster.ts',
} as const satisfies Argument;

/** The argument of what takes all rings or some. */
export const RINGS = {
  name: 'RING',
  count: 'any',
  means: 'rings of clusters/rings.ts; default: all',
  from: 'clusters/pins/*/argo-cd.json',
} as const satisfies Argument;

/** The argument of what takes one cluster. */
export const CLUSTER = { ...CLUSTERS, count: 'one', means: 'a folder of clusters/' } as const satisfies Argument;
