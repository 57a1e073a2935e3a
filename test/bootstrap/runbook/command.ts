/** How a program was called. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** The working directory. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: string;
}

/** Options by name: one that wants a value, required or not, or one that has none. */
export type Options = Readonly<Record<string, 'required' | 'optional' | 'flag'>>;

/** What was given to a command, checked against its declaration. */
export interface Given {
  readonly options: ReadonlyMap<string, string>;
  /** Words after those of the command. */
  readonly words: readonly string[];
}

/** A command as its documentation has it; of the options those that the runbooks use, and those that are required. */
export interface Command {
  /** Its words: `ad group create`. */
  readonly words: string;
  /** Where it is documented. */
  readonly source: string;
  readonly options?: Options;
  /** How many words follow. @default 0 */
  readonly arguments?: number | 'any';
  /** What whoever calls it must be allowed to, as the cloud calls it. */
  readonly permission?: string;
  /** Does it. @returns a text, or a value that the program prints in the format asked for @throws Refusal */
  readonly run: (given: Given, call: Call) => unknown;
}

/** The program does not do it, and says why. */
export class Refusal extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** Refuses unless something is so. */
export function need(condition: unknown, message: string, status?: number): asserts condition {
  if (!condition) throw new Refusal(message, status);
}

/** The value of an option that the declaration requires, or that was found to be there. */
export function option({ options }: Given, name: string): string {
  const value = options.get(name);
  need(value !== undefined, `the following arguments are required: ${name}`, 2);
  return value;
}

/**
 * Finds the command of a call, and what is given to it.
 *
 * @param common options that every command of the program has
 * @throws Refusal for a command or an option that is not declared, and for one that is required and missing
 */
export function parse(
  commands: readonly Command[],
  common: Options,
  args: readonly string[],
): { readonly command: Command; readonly given: Given } {
  const options = new Map<string, string>();
  const words: string[] = [];
  const found = (): Command | undefined =>
    commands.find((one) => words.slice(0, one.words.split(' ').length).join(' ') === one.words);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const [, name = '', inline] = /^([^=]+)(?:=([^]*))?$/.exec(arg) ?? [];
    const kind = { ...common, ...found()?.options }[name];
    need(kind !== undefined || found(), `'${words.join(' ')}' is not a command`, 2);
    need(kind !== undefined, `unrecognized arguments: ${arg}`, 2);
    need(!options.has(name), `${name} is given twice`, 2);
    need(kind !== 'flag' || inline === undefined, `${name} takes no value`, 2);
    const value = kind === 'flag' ? '' : (inline ?? args[++i]);
    need(value !== undefined, `argument ${name}: expected one argument`, 2);
    options.set(name, value);
  }
  const command = found();
  need(command, `'${words.join(' ')}' is not a command`, 2);
  const rest = words.slice(command.words.split(' ').length);
  const { arguments: number = 0 } = command;
  need(number === 'any' || rest.length === number, `unrecognized arguments: ${rest.join(' ') || 'too few'}`, 2);
  for (const [name, kind] of Object.entries(command.options ?? {}))
    need(kind !== 'required' || options.get(name), `the following arguments are required: ${name}`, 2);
  return { command, given: { options, words: rest } };
}

/** A value at a path of names such as `properties.state`, which is all of JMESPath that the runbooks use. */
export function query(value: unknown, path: string): unknown {
  need(/^\w+(\.\w+)*$/.test(path), `the stand-in knows no query such as ${path}`);
  return path
    .split('.')
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | null)?.[name] ?? null, value);
}

/** A value as the command lines of clouds print it. */
export function printed(value: unknown, { options }: Given, plain: 'tsv' | 'text'): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && !options.has('--query')) return value;
  const format = options.get('--output') ?? 'json';
  need(['json', 'none', plain].includes(format), `argument --output: invalid choice: '${format}'`, 2);
  if (format === 'none') return '';
  const asked = options.has('--query') ? query(value, option({ options, words: [] }, '--query')) : value;
  if (format === 'json') return `${JSON.stringify(asked, null, 2)}\n`;
  const isPlain = typeof asked === 'string' || typeof asked === 'number' || typeof asked === 'boolean';
  need(isPlain, `there is no single value to print as ${format}`);
  return `${asked}\n`;
}
