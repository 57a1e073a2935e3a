import type { Problem } from '../charts/fault.ts';
import type { Argument } from './commands/command.ts';
import { usage } from './usage.ts';
import { misuse, unknown } from './unknown.ts';

/** What is wrong with the words after a subcommand. */
export function argumentProblems(
  command: string | undefined,
  takes: readonly Argument[],
  names: readonly string[],
): Problem[] {
  const needed = takes.filter(({ count }) => count === 'one').length;
  const most = takes.some(({ count }) => count === 'any') ? Infinity : takes.length;
  if (names.length < needed || names.length > most) {
    const what = `${command ?? 'slipway'} takes ${takes.map(counted).join(' and ') || 'no arguments'}`;
    const fix = takes.length > 0 ? `write ${usage(command, takes)}` : 'leave them out';
    return [misuse(what, names.join(' ') || 'nothing', fix)];
  }
  return names.flatMap((name, i) => {
    const { choices, ...argument } = takes[i] ?? takes.at(-1)!;
    return !choices || choices.includes(name) ? [] : [unknown(`there is no ${nounOf(argument)}`, name, choices)];
  });
}

function nounOf({ name }: Pick<Argument, 'name'>): string {
  return name.toLowerCase();
}

/** `one cluster`. */
function counted(argument: Argument): string {
  const noun = nounOf(argument);
  return { one: `one ${noun}`, optional: `at most one ${noun}`, any: `any number of ${noun}s` }[argument.count];
}
