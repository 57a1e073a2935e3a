import type { Argument, Option } from './commands/command.ts';

/** A subcommand with its arguments: `slipway synth [CLUSTER…]`. */
export function usage(command: string | undefined, takes: readonly Argument[]): string {
  return ['slipway', command, ...takes.map(shownArgument)].filter(Boolean).join(' ');
}

/** `CLUSTER`, `[CLUSTER]` or `[CLUSTER…]`. */
export function shownArgument({ name, count }: Argument): string {
  return { one: name, optional: `[${name}]`, any: `[${name}…]` }[count];
}

/** `--base REF`. */
export function shownOption(name: string, { value, short }: Option): string {
  return [short && `-${short},`, `--${name}`, value].filter(Boolean).join(' ');
}

/** Options as usage lines have them: `[--check | --watch]`, `--until DATE`. */
export function shownOptions(options: Readonly<Record<string, Option>>): string[] {
  const others = new Set(Object.values(options).map(({ excludes }) => excludes));
  return Object.entries(options)
    .filter(([name]) => !others.has(name))
    .map(([name, option]) => {
      const { excludes, required } = option;
      const words = [excludes, name].flatMap((one) => (one === undefined ? [] : shownOption(one, options[one]!)));
      return required ? words.join(' | ') : `[${words.join(' | ')}]`;
    });
}
