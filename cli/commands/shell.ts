import { helpOf, overview } from '../help.ts';
import { screen } from '../output.ts';
import { entryOf } from '../unknown.ts';
import { command, type Subcommand } from './command.ts';
import { NO_COMMAND, type Table, tableOf } from './table.ts';

/** What tells about the other subcommands. @param all these as well, once they are known */
export function shellCommands(all: () => Table): Readonly<Record<string, Subcommand>> {
  return {
    help: command({
      summary: 'print this, or all about one subcommand',
      takes: [{ name: 'SUBCOMMAND', count: 'optional', from: 'subcommand', means: 'one of `slipway help`' }],
      readsNothing: true,
      examples: { 'help plan': 'the same as `slipway plan --help`' },
      run(_, [name]) {
        const { columns } = screen();
        if (name === undefined) return overview(all(), columns);
        return helpOf(name, entryOf(NO_COMMAND, tableOf(all()), name), columns);
      },
    }),
  };
}
