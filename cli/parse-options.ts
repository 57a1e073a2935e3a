import type { Problem } from '../charts/fault.ts';
import type { Option, Value } from './commands/command.ts';
import { misuse, unknown } from './unknown.ts';

type Options = Readonly<Record<string, Option>>;

/** An option as it was typed. */
interface Given {
  readonly name: string;
  /** `--base`, or `-h`. */
  readonly rawName: string;
  readonly value?: string;
  /** True for `--base=REF`. */
  readonly inlineValue?: boolean;
  /** The whole word. */
  readonly word: string;
}

interface Parsed {
  readonly values: Readonly<Record<string, Value>>;
  readonly problems: readonly Problem[];
  /** Problems of options that were not given. */
  readonly missing: readonly Problem[];
}

/** The values of all options of a subcommand, and what is wrong with those that were typed. */
export function optionsOf(command: string, declared: Options, given: readonly Given[]): Parsed {
  const last = new Map(given.map((one) => [one.name, one.value]));
  return {
    values: Object.fromEntries(
      Object.entries(declared).map(([name, option]) => [
        name,
        option.value === undefined ? last.has(name) : valueOf(option, last.get(name) ?? option.default),
      ]),
    ),
    problems: [
      // Of a word such as -check, each letter is an option.
      ...new Map(given.flatMap((one) => problemsOf(command, declared, one)).map((one) => [one.what, one])).values(),
      ...repeated(declared, given),
      ...excluded(declared, last),
    ],
    missing: Object.entries(declared).flatMap(([name, { required, value }]) =>
      required && !last.has(name) ? [misuse(`${command} needs --${name}`, 'nothing', `add --${name} ${value}`)] : [],
    ),
  };
}

function valueOf({ list }: Option, value: string | undefined): Value {
  return list ? value?.split(',') : value;
}

function problemsOf(command: string, declared: Options, { name, rawName, value, inlineValue, word }: Given): Problem[] {
  const option = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (!option) {
    const known = Object.keys(declared).map((one) => `--${one}`);
    return [unknown(`${command} has no option`, rawName.startsWith('--') ? rawName : word, known)];
  }
  if (option.value === undefined)
    return value === undefined ? [] : [misuse(`--${name} takes no value`, word, `write --${name} alone`)];
  // A word that looks like an option is one, unless it is joined by `=`; `-` alone is standard input.
  if (!value || (!inlineValue && /^-./.test(value)))
    return [
      misuse(`--${name} takes a value`, [word, value].filter(Boolean).join(' '), `write --${name} ${option.value}`),
    ];
  const { choices, list } = option;
  const advice = list && 'several are separated by commas';
  const words = list ? value.split(',') : [value];
  return words
    .filter((one) => choices && !choices.includes(one))
    .map((one) => unknown(`--${name} does not know`, one, choices ?? [], advice));
}

/** Of two values, one would be ignored. */
function repeated(declared: Options, given: readonly Given[]): Problem[] {
  return given
    .filter(({ name }, i) => declared[name]?.value !== undefined && given.findIndex((one) => one.name === name) < i)
    .map(({ name, value }) => misuse(`--${name} is given twice`, `--${name} ${value}`, 'leave one of them out'));
}

function excluded(declared: Options, given: ReadonlyMap<string, unknown>): Problem[] {
  return [...given.keys()].flatMap((name) => {
    const other = declared[name]?.excludes;
    return other !== undefined && given.has(other)
      ? [misuse(`--${other} and --${name} exclude each other`, `--${other} --${name}`, 'leave one of them out')]
      : [];
  });
}
