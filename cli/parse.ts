import { parseArgs } from 'node:util';
import { throwIfAny } from '../charts/fault.ts';
import { type Argument, COMMON, type Subcommand, type Value } from './commands/command.ts';
import { NO_COMMAND, type Subcommands } from './commands/table.ts';
import { argumentProblems } from './parse-arguments.ts';
import { optionsOf } from './parse-options.ts';
import { entryOf } from './unknown.ts';

/** What a command line asks for. */
export interface Asked {
  /** Undefined if the command line has no subcommand. */
  readonly name?: string;
  readonly command?: Subcommand;
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, Value>>;
}

/** The subcommand of a command line, its first word that is no option. @throws Fault if there is none of that name */
export function subcommandOf(table: Subcommands, argv: readonly string[]): Pick<Asked, 'name' | 'command'> {
  const name = argv.find((word) => !word.startsWith('-'));
  return name === undefined ? {} : { name, command: entryOf(NO_COMMAND, table, name) };
}

/** Reads a command line by the table. @throws Fault for each word that does not fit */
export function parse(table: Subcommands, argv: readonly string[]): Asked {
  const { name, command } = subcommandOf(table, argv);
  const args = name === undefined ? argv : argv.toSpliced(argv.indexOf(name), 1);
  const declared = { ...command?.options, ...COMMON };
  const { tokens, positionals } = parseArgs({
    args: [...args],
    // Mistakes are found in the tokens, to say in our words what is wrong with which word.
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(declared).map(([option, { value, short }]) => [
        option,
        { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) },
      ]),
    ),
  });
  const given = tokens.flatMap((token) =>
    token.kind === 'option' ? [{ ...token, word: args[token.index] ?? token.rawName }] : [],
  );
  const { values, problems, missing } = optionsOf(name ?? 'slipway', declared, given);
  throwIfAny(problems);
  const takes = command?.takes ?? [];
  const names = positionals.map((word, i) => nameOf(word, takes[i] ?? takes.at(-1)));
  // Who asks for help need not know the rest.
  if (!values['help']) throwIfAny([...missing, ...argumentProblems(name, takes, names)]);
  return { name, command, names, values };
}

/** A name, also if a shell has completed it to the folder or file that has it: `clusters/staging-aks/`. */
function nameOf(word: string, argument: Argument | undefined): string {
  const [before, after] = argument?.from?.split('*') ?? [];
  if (!before || after === undefined || !word.startsWith(before)) return word;
  const rest = word.slice(before.length).replace(/\/$/, '');
  return rest.endsWith(after) ? rest.slice(0, -after.length) : rest;
}
