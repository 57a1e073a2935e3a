import { COMMON, type Option, type Subcommand } from '../commands/command.ts';
import type { Subcommands } from '../commands/table.ts';
import { completed, isValued } from './source.ts';

/** What slipway.bash asks of the table: the options of a subcommand, and what completes a place. */
export function bash(commands: Subcommands): string {
  const entries = Object.entries(commands);
  return `
# _slipway_source PLACE: KIND [PARAMETER…] of what completes "SUBCOMMAND --option", or the argument "SUBCOMMAND N".
_slipway_source() {
  case $1 in
${entries.flatMap((entry) => cases(entry, commands)).join('\n')}
    *) source= ;;
  esac
}

# _slipway_options SUBCOMMAND
_slipway_options() {
  case $1 in
${entries.map(([name, { options }]) => `    ${name}) source='words ${flags({ ...options, ...COMMON })}' ;;`).join('\n')}
    *) source='words ${flags(COMMON)}' ;;
  esac
}

_slipway_subcommands='words ${Object.keys(commands).join(' ')}'
`;
}

function flags(options: Readonly<Record<string, Option>>): string {
  return Object.keys(options)
    .map((name) => `--${name}`)
    .join(' ');
}

function cases([command, { takes, options }]: readonly [string, Subcommand], commands: Subcommands): string[] {
  const sourceOf = (word: Parameters<typeof completed>[0]): string => {
    const source = completed(word, commands);
    const parameters = 'words' in source ? source.words : 'before' in source ? [source.before, source.after] : [];
    return `source='${[source.kind, ...parameters].join(' ')}' ;;`;
  };
  return [
    ...Object.entries(options)
      .filter(isValued)
      .map(([name, option]) => `    '${command} --${name}') ${sourceOf(option)}`),
    ...takes.map((argument, i) => {
      const place = argument.count === 'any' ? `'${command} '[0-9]*` : `'${command} ${i + 1}'`;
      return `    ${place}) ${sourceOf(argument)}`;
    }),
  ];
}
