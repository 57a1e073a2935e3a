import { COMMON, type Argument, type Option, type Subcommand } from '../commands/command.ts';
import type { Subcommands } from '../commands/table.ts';
import { completed, isValued } from './source.ts';

/** What slipway.fish asks of the table: subcommands and options with what they do, and what completes a place. */
export function fish(commands: Subcommands): string {
  const entries = Object.entries(commands);
  return `
function __slipway_subcommands
    printf '%s\\t%s\\n' ${entries.flatMap(([name, { summary }]) => [name, summary].map(quoted)).join(' ')}
end

# __slipway_options SUBCOMMAND
function __slipway_options --argument-names subcommand
    switch "$subcommand"
${entries.map(([name, { options }]) => `        case ${name}\n            ${listed(options)}`).join('\n')}
        case '*'
            ${listed({})}
    end
end

# __slipway_source PLACE: the kind, and parameters, of what completes "SUBCOMMAND --option", or "SUBCOMMAND argument N".
function __slipway_source --argument-names place
    switch "$place"
${entries.flatMap((entry) => cases(entry, commands)).join('\n')}
    end
end
`;
}

function listed(options: Subcommand['options']): string {
  const all: Subcommand['options'] = { ...options, ...COMMON };
  const words = Object.entries(all).flatMap(([name, { means }]) => [`--${name}`, means].map(quoted));
  return String.raw`printf '%s\t%s\n' ${words.join(' ')}`;
}

function cases([command, { takes, options }]: readonly [string, Subcommand], commands: Subcommands): string[] {
  const sourceOf = (place: string, word: Argument | Option): string => {
    const source = completed(word, commands);
    const parameters = 'words' in source ? source.words : 'before' in source ? [source.before, source.after] : [];
    return `        case '${command} ${place}'
            printf '%s\\n' ${[source.kind, ...parameters].map(quoted).join(' ')}`;
  };
  return [
    ...Object.entries(options)
      .filter(isValued)
      .map(([name, option]) => sourceOf(`--${name}`, option)),
    ...takes.map((argument, i) => sourceOf(`argument ${argument.count === 'any' ? '*' : i + 1}`, argument)),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
