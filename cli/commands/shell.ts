import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import { zsh } from '../completion/zsh.ts';
import { helpOf, overview } from '../help.ts';
import { screen } from '../output.ts';
import { entryOf } from '../unknown.ts';
import { command, type Subcommand } from './command.ts';
import { NO_COMMAND, type Table, tableOf } from './table.ts';

/** What each script asks of the table. */
const ASKED = { bash, fish, zsh };

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
    version: command({
      summary: 'print the version, also as `slipway --version`',
      readsNothing: true,
      examples: { version: 'for a report of a bug' },
      document: 'CHANGELOG.md',
      run: async ({ root }) => (await import('../version.ts')).version(root),
    }),
    completion: command({
      summary: 'print a script with which a shell completes slipway',
      details: [
        'It completes subcommands, options, clusters, files and commits of `slipway` and of `npx slipway`, in any folder of the repository, without starting Node. bash has to be 4 or later, fish 3.1.',
        'Not completed: `npx -p PACKAGE slipway`, `npm run …`, and `npx slipway` where npx has a completion already.',
        'Load it again after an update.',
      ],
      takes: [{ name: 'SHELL', count: 'one', choices: ['bash', 'fish', 'zsh'], means: 'the shell' }],
      readsNothing: true,
      examples: {
        'completion bash': 'print it; `source <(npx slipway completion bash)` in ~/.bashrc loads it',
        'completion fish': 'print it; `npx slipway completion fish | source` in config.fish loads it',
        'completion zsh': 'print it; `source <(npx slipway completion zsh)` in ~/.zshrc loads it',
      },
      run({ root }, [shell]) {
        const script = readFileSync(join(root, 'cli/completion', `slipway.${shell}`), 'utf8');
        return `${script}${ASKED[shell](tableOf(all()))}`;
      },
    }),
  };
}
