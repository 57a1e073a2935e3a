import type { Subcommand } from './command.ts';

/** Subcommands by their names. */
export type Subcommands = Readonly<Record<string, Subcommand>>;

/** Subcommands in groups, by the titles of these. */
export type Table = Readonly<Record<string, Subcommands>>;

/** How the message on an unknown subcommand begins. */
export const NO_COMMAND = 'there is no command';

/** The subcommands of all groups. */
export function tableOf(groups: Table): Subcommands {
  return Object.assign({}, ...Object.values(groups)) as Subcommands;
}
