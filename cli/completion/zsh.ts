import { COMMON, type Argument, type Option, type Subcommand } from '../commands/command.ts';
import type { Subcommands } from '../commands/table.ts';
import { completed, isValued } from './source.ts';

type Options = Subcommand['options'];

/** What slipway.zsh asks of the table: the subcommands, and the arguments and options of each, as `_arguments` has them. */
export function zsh(commands: Subcommands): string {
  const entries = Object.entries(commands);
  return `
_slipway_common=(${specs({ takes: [], options: {} }, commands)})

_slipway_subcommands() {
  local -a subcommands=(
${entries.map(([name, { summary }]) => `    ${quoted(`${escaped(name)}:${summary}`)}`).join('\n')}
  )
  _describe -t commands subcommand subcommands
}

# _slipway_words SUBCOMMAND: completes what follows it
_slipway_words() {
  case $1 in
${entries.map(([name, command]) => `    ${name}) _arguments ${specs(command, commands)} ;;`).join('\n')}
  esac
}
`;
}

function specs({ takes, options }: Pick<Subcommand, 'takes' | 'options'>, commands: Subcommands): string {
  const all: Options = { ...options, ...COMMON };
  return [
    ...Object.entries(all).map((entry) => optionSpec(entry, all, commands)),
    ...takes.map((argument, i) => {
      const place = { one: `${i + 1}:`, optional: `${i + 1}::`, any: '*:' }[argument.count];
      return `${place}${argument.name.toLowerCase()}:${action(argument, commands)}`;
    }),
  ]
    .map(quoted)
    .join(' ');
}

function optionSpec(entry: readonly [string, Option], all: Options, commands: Subcommands): string {
  const [name, option] = entry;
  const excludedBy = Object.keys(all).filter((other) => all[other]?.excludes === name);
  const others = [option.excludes ?? [], excludedBy].flat().map((other) => `--${other}`);
  const prefix = others.length > 0 ? `(${others.join(' ')})` : '';
  const means = `[${escaped(option.means)}]`;
  return isValued(entry)
    ? `${prefix}--${name}=${means}:${option.value}:${action(option, commands)}`
    : `${prefix}--${name}${means}`;
}

function action(word: Argument | Option, commands: Subcommands): string {
  const source = completed(word, commands);
  if ('before' in source) return `_slipway_names ${source.before} ${source.after}`;
  if (source.kind === 'list') return `_sequence compadd - ${source.words.join(' ')}`;
  if (source.kind === 'words') return `(${source.words.join(' ')})`;
  return { file: '_files', commit: '_slipway_commits', text: ' ' }[source.kind];
}

/** A text of a specification, which colons and brackets would end. */
function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
