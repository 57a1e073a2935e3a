import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { COMMON } from '../../cli/commands/command.ts';
import { GROUPS, SUBCOMMANDS } from '../../cli/commands/index.ts';
import { EXIT } from '../../cli/exit.ts';
import { helpOf, overview } from '../../cli/help.ts';
import { execute } from '../../cli/main.ts';
import { parse } from '../../cli/parse.ts';
import { width } from '../../cli/plan/text.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const COLUMNS = 80;

/** What a command prints in a repository in which nothing else works. */
async function printed(...args: readonly string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const workspace = {
    root: REPOSITORY,
    dist: '',
    repository: { url: '', revision: '' },
    importer: { cluster: () => Promise.reject(new Error()), rings: () => Promise.reject(new Error()) },
  };
  try {
    expect(await execute(args, workspace, {})).toBe(0);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

/** The text with line breaks and indents as single spaces. */
function flowing(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

describe('slipway --help', () => {
  it('is one screen, with a line or two for each subcommand', () => {
    const lines = overview(GROUPS, COLUMNS).split('\n');
    expect(lines.length).toBeLessThanOrEqual(53);
    expect(lines.filter((line) => width(line) > COLUMNS)).toEqual([]);
    for (const [name, { summary }] of Object.entries(SUBCOMMANDS)) {
      const first = lines.findIndex((line) => line.startsWith(`  ${name} `));
      expect(flowing(lines.slice(first, first + 2).join(' ')), name).toContain(summary);
    }
  });

  it('says how it ends', () => {
    const codes = Object.entries(EXIT).map(([kind, code]) => `${code} ${kind}`);
    expect(overview(GROUPS, COLUMNS)).toContain(codes.join(', '));
  });

  it.each([['--help'], ['-h'], ['help'], []])('is what `slipway %s` prints', async (...args) => {
    expect(await printed(...args)).toBe(`${overview(GROUPS, COLUMNS)}\n`);
  });
});

describe.each(Object.entries(SUBCOMMANDS))('the help of %s', (name, command) => {
  const text = helpOf(name, command, COLUMNS);

  it('is what `--help` and `slipway help` print', async () => {
    expect(await printed(name, '--help')).toBe(`${text}\n`);
    expect(await printed('help', name)).toBe(`${text}\n`);
  });

  it('fits a terminal of 80 columns', () => {
    expect(text.split('\n').filter((line) => width(line) > COLUMNS)).toEqual([]);
  });

  it('says what each argument, option and exit code means', () => {
    const words = flowing(text);
    for (const { name: argument, means } of command.takes) expect(words).toMatch(new RegExp(`${argument}.*${means}`));
    for (const [option, { value, means }] of Object.entries({ ...command.options, ...COMMON }))
      expect(words).toContain([`--${option}`, value, means].filter(Boolean).join(' '));
    expect(words).toMatch(/Exit codes: 0 success 1 an error.* 3 the command line is wrong/);
    expect(Object.values(EXIT)).toEqual(expect.arrayContaining(Object.keys(command.exits ?? {}).map(Number)));
    for (const field of Object.entries(command.fields ?? {})) expect(words).toContain(field.join(' '));
    for (const [code, means] of Object.entries(command.exits ?? {})) {
      expect(words).toMatch(new RegExp(` ${code} `));
      expect(words).toContain(means);
    }
  });

  it('has examples that the command line accepts', () => {
    expect(Object.keys(command.examples)).not.toEqual([]);
    for (const example of Object.keys(command.examples))
      expect(parse(SUBCOMMANDS, example.split(' ')), example).toMatchObject({ name });
  });

  it('names a document that is there', () => {
    if (command.document !== undefined) expect(existsSync(join(REPOSITORY, command.document))).toBe(true);
    else expect(['help', 'completion']).toContain(name);
  });
});

it('usage lines show which options exclude each other, and defaults', () => {
  expect(helpOf('synth', SUBCOMMANDS['synth']!, COLUMNS)).toContain(
    'Usage:\n  slipway synth [CLUSTER…] [--check | --watch] [--quiet] [--json | --prune-pins]\n',
  );
  expect(flowing(helpOf('plan', SUBCOMMANDS['plan']!, COLUMNS))).toContain(
    'several are separated by commas; default: refused ',
  );
});
