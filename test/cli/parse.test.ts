import { describe, expect, it } from 'vitest';
import { command } from '../../cli/commands/command.ts';
import { parse } from '../../cli/parse.ts';
import { refuseTakenByNpm } from '../../cli/taken-by-npm.ts';

const PLACE = { name: 'PLACE', count: 'one', means: 'where' } as const;

/** One subcommand for each way to declare arguments, and each way to declare an option. */
const TABLE = {
  one: command({
    summary: 'of one place',
    takes: [PLACE],
    options: {
      until: { value: 'DATE', required: true, means: 'the end' },
      because: { value: 'TEXT', means: 'why' },
    },
    examples: {},
    run: (_, [place], { until, because }) => [place, until, because ?? '-'].join(' '),
  }),
  some: command({
    summary: 'of a place and any number of others',
    takes: [PLACE, { name: 'OTHER', count: 'any', means: 'others' }],
    options: {
      'dry-run': { means: 'nothing' },
      loud: { means: 'all', excludes: 'dry-run' },
      'fail-on': { value: 'LIST', list: true, choices: ['danger', 'refused'], default: 'refused', means: 'what fails' },
    },
    examples: {},
    run: (_, [place, ...others], options) => [place, ...others, ...options['fail-on']].join(' '),
  }),
  chosen: command({
    summary: 'of a choice, or none',
    takes: [{ name: 'SHELL', count: 'optional', choices: ['bash', 'zsh'], means: 'a shell' }],
    examples: {},
    run: (_, [shell = 'none']) => shell,
  }),
  named: command({
    summary: 'of names in the repository',
    takes: [{ name: 'CLUSTER', count: 'any', from: 'clusters/*/cluster.ts', means: 'clusters' }],
    examples: {},
    run: (_, names) => names.join(' '),
  }),
  none: command({ summary: 'of nothing', examples: {}, run: () => 'none' }),
};

function parsed(line: string): ReturnType<typeof parse> {
  return parse(TABLE, line.split(' '));
}

describe('a command line', () => {
  it.each([
    ['one here --until now', ['here'], { until: 'now', because: undefined, trace: false, help: false }],
    ['one --until=now --because=a=b here', ['here'], { until: 'now', because: 'a=b', trace: false, help: false }],
    ['--trace one here --until -', ['here'], { until: '-', because: undefined, trace: true, help: false }],
    ['one here --until=-1', ['here'], { until: '-1', because: undefined, trace: false, help: false }],
    [
      'some a b c',
      ['a', 'b', 'c'],
      { 'dry-run': false, loud: false, 'fail-on': ['refused'], trace: false, help: false },
    ],
    [
      'some a --fail-on danger,refused --loud',
      ['a'],
      { 'dry-run': false, loud: true, 'fail-on': ['danger', 'refused'], trace: false, help: false },
    ],
    ['none --help', [], { trace: false, help: true }],
    ['none --trace --trace', [], { trace: true, help: false }],
    ['one -h', [], { until: undefined, because: undefined, trace: false, help: true }],
    ['chosen -- zsh', ['zsh'], { trace: false, help: false }],
  ])('%s', (line, names, values) => {
    expect(parsed(line)).toMatchObject({ names, values });
  });

  it.each([
    ['noen', 'there is no command "noen"', 'noen', 'did you mean "none"?'],
    ['toString', 'there is no command "toString"', 'toString', 'use one of: one, some, chosen, named, none'],
    ['--loud', 'slipway has no option "--loud"', '--loud', 'use one of: --trace, --help'],
    ['none --loud=1', 'none has no option "--loud"', '--loud', 'use one of: --trace, --help'],
    ['none --toString', 'none has no option "--toString"', '--toString', 'use one of: --trace, --help'],
    ['none -trace', 'none has no option "-trace"', '-trace', 'did you mean "--trace"?'],
    ['none --trace=yes', '--trace takes no value', '--trace=yes', 'write --trace alone'],
    ['one here --until', '--until takes a value', '--until', 'write --until DATE'],
    ['one here --until=', '--until takes a value', '--until=', 'write --until DATE'],
    ['one here --until --trace', '--until takes a value', '--until --trace', 'write --until DATE'],
    ['one here --until a --until b', '--until is given twice', '--until b', 'leave one of them out'],
    ['one here', 'one needs --until', 'nothing', 'add --until DATE'],
    ['some a --loud --dry-run', '--dry-run and --loud exclude each other', '--dry-run --loud', 'leave one of them out'],
    ['some a --fail-on danger,refusd', '--fail-on does not know "refusd"', 'refusd', 'did you mean "refused"?'],
    [
      'some a --fail-on x',
      '--fail-on does not know "x"',
      'x',
      'use one of: danger, refused; several are separated by commas',
    ],
    ['one --until now', 'one takes one place', 'nothing', 'write slipway one PLACE'],
    ['one a b --until now', 'one takes one place', 'a b', 'write slipway one PLACE'],
    ['some', 'some takes one place and any number of others', 'nothing', 'write slipway some PLACE [OTHER…]'],
    ['chosen zsh bash', 'chosen takes at most one shell', 'zsh bash', 'write slipway chosen [SHELL]'],
    ['chosen fish', 'there is no shell "fish"', 'fish', 'use one of: bash, zsh'],
    ['none a', 'none takes no arguments', 'a', 'leave them out'],
  ])('%s is one mistake', (line, what, seen, fix) => {
    expect(() => parsed(line)).toThrow(`${what}\n  at:   the command line\n  seen: ${seen}\n  fix:  ${fix}`);
    expect(() => parsed(line)).not.toThrow('\n\n');
  });

  it('with several mistakes reports all of them', () => {
    expect(() => parsed('some --lound --fail-on x')).toThrow(
      /^some has no option "--lound"[^]*\n\n--fail-on does not know "x"/,
    );
  });
});

describe('an option before --, which npm takes', () => {
  const refuse = (env: NodeJS.ProcessEnv): void =>
    refuseTakenByNpm({ command: TABLE.some }, ['some', 'a'], { npm_lifecycle_event: 'some', ...env });

  it('is refused if the subcommand has it', () => {
    expect(() => refuse({ npm_config_fail_on: 'danger' })).toThrow(
      'npm kept --fail-on danger for itself: Slipway did not get it\n  at:   the command line\n  seen: npm run some --fail-on danger\n  fix:  put -- before it: npm run some -- a --fail-on danger',
    );
  });

  it('is none of ours if the subcommand does not have it', () => {
    expect(() => refuse({ npm_config_json: 'true', npm_config_loud: 'false' })).not.toThrow();
    expect(() => refuseTakenByNpm({ command: TABLE.some }, ['some'], { npm_config_fail_on: 'danger' })).not.toThrow();
  });
});

it('takes a name as a shell completes it, as a folder or a file', () => {
  expect(parsed('named a clusters/b clusters/c/ clusters/d/cluster.ts dist/e').names).toEqual([
    'a',
    'b',
    'c',
    'd',
    'dist/e',
  ]);
});
