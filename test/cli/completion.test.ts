import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UPSTREAM_PROJECTS } from '../../charts/upstream/projects.ts';
import { COMMON } from '../../cli/commands/command.ts';
import { SUBCOMMANDS } from '../../cli/commands/index.ts';
import { clusterNames } from '../../cli/load.ts';
import { canType, Terminal } from '../lib/terminal.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

/** A name that Git accepts, and a shell would run. */
const HOSTILE = 'x$(touch${IFS}ran)';

const repository = await TemporaryRepository.make();
repository.put('clusters/test-none/README.md', '');
git('init', '--quiet', '--initial-branch', 'main');
git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '--allow-empty', '--message', 'first');
git('branch', HOSTILE);
git('tag', 'v1');
for (const shell of ['bash', 'fish', 'zsh']) {
  const { code, stdout } = repository.spawn(['completion', shell]);
  if (code !== 0) throw new Error(`slipway completion ${shell} ended with ${code}`);
  repository.put(`loaded.${shell}`, stdout);
}

afterAll(() => repository.remove());

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', args, { cwd: repository.root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** What bash is offered for each line of words, the last of which is under the cursor; and the options of compopt. */
function offered(lines: readonly (readonly string[])[], folder = '.', before = ''): string[] {
  const quoted = (word: string): string => `'${word}'`;
  const script = [
    before,
    `source ${quoted(join(repository.root, 'loaded.bash'))}`,
    // The builtin works only while readline completes.
    'compopt() { asked+=("$*"); }',
    ...lines.map(
      (words) => `asked=(); COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}
        if [[ $COMP_WORDS == npx ]]; then _slipway_npx; else _slipway; fi; echo "\${COMPREPLY[*]}\${asked:+ <\${asked[*]}>}"`,
    ),
  ];
  const { stdout, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', script.join('\n')], {
    cwd: join(repository.root, folder),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe('bash completes', () => {
  it.each([
    ['slipway ', Object.keys(SUBCOMMANDS).join(' ')],
    ['slipway pl', 'plan'],
    ['slipway -', '--trace --help'],
    ['slipway --trace ord', 'order'],
    ['slipway plan ', clusterNames(repository.root).join(' ')],
    ['slipway plan test-k', 'test-kind'],
    ['slipway plan test-kind test-a', 'test-aks'],
    ['slipway plan --json test-a', 'test-aks'],
    ['slipway order test-m', 'test-metal'],
    ['slipway order test-metal ', ''],
    ['slipway plan --base v', 'v1'],
    ['slipway plan --base = v', 'v1'],
    ['slipway plan --base =', String.raw`main x\$\(touch\$\{IFS\}ran\) v1`],
    ['slipway plan --base v1 test-m', 'test-metal'],
    ['slipway plan --base = v1 test-m', 'test-metal'],
    ['slipway plan --fail-on re', 'refused replace <-o nospace>'],
    ['slipway plan --fail-on danger,de', 'danger,delete <-o nospace>'],
    ['slipway plan --fail-on = danger,de', 'danger,delete <-o nospace>'],
    ['slipway plan --markdown ', ' <-o default>'],
    ['slipway facts --from = ', ' <-o default>'],
    ['slipway upstream ', UPSTREAM_PROJECTS.map(({ name }) => name).join(' ')],
    ['slipway help comp', 'completion'],
    ['slipway completion ', 'bash fish zsh'],
    ['slipway nothing ', ''],
    ['npx slipway secrets test-e', 'test-eks <+o default +o bashdefault>'],
    ['npx --no slipway pl', 'plan <+o default +o bashdefault>'],
    ['npx cdk8s pl', ''],
  ])('%s', (line, words) => {
    expect(offered([line.split(' ')])).toEqual([words]);
  });

  it('the options of every subcommand', () => {
    const entries = Object.entries(SUBCOMMANDS);
    expect(offered(entries.map(([name]) => ['slipway', name, '--']))).toEqual(
      entries.map(([, { options }]) =>
        Object.keys({ ...options, ...COMMON })
          .map((one) => `--${one}`)
          .join(' '),
      ),
    );
  });

  it('clusters in a folder below the repository, and in none outside of it', () => {
    expect(offered([['slipway', 'synth', 'test-k']], 'clusters/test-kind')).toEqual(['test-kind']);
    expect(offered([['slipway', 'synth', 'test-k']], '..')).toEqual(['']);
  });

  it('whatever the options of the shell are', () => {
    expect(offered([['slipway', 'synth', 'test-k']], '.', 'set -fu; shopt -s failglob; IFS=-')).toEqual(['test-kind']);
  });

  it('npx as before, if it has a completion already', () => {
    const npx = 'complete -p npx';
    const registered = (before: string): string[] => offered([], '.', `${before}; trap '${npx}' EXIT`);
    expect(registered(':')).toEqual(['complete -o bashdefault -o default -F _slipway_npx npx']);
    expect(registered('complete -W mine npx')).toEqual([`complete -W 'mine' npx`]);
  });
});

const hasFish = spawnSync('fish', ['--version']).status === 0;

/** What fish offers for a line: each word, with what it does after a tab. */
function offeredByFish(line: string, folder = '.'): string[] {
  const { stdout, stderr } = spawnSync(
    'fish',
    ['--no-config', '--command', 'source $loaded; complete --do-complete $line'],
    {
      cwd: join(repository.root, folder),
      encoding: 'utf8',
      env: { ...process.env, HOME: repository.root, line, loaded: join(repository.root, 'loaded.fish') },
    },
  );
  expect(stderr).toBe('');
  return stdout.split('\n').slice(0, -1);
}

// Without fish, these say that they are skipped.
describe.skipIf(!hasFish)('fish completes (needs fish)', () => {
  it.each([
    ['slipway pl', [`plan\t${SUBCOMMANDS['plan']?.summary}`]],
    ['slipway -', [`--help\t${COMMON.help.means}`, `--trace\t${COMMON.trace.means}`]],
    ['slipway --trace ord', [`order\t${SUBCOMMANDS['order']?.summary}`]],
    ['slipway synth test-k', ['test-kind']],
    ['slipway plan test-kind test-a', ['test-aks']],
    ['slipway plan --json test-a', ['test-aks']],
    ['slipway order test-m', ['test-metal']],
    ['slipway order test-metal ', []],
    ['slipway plan --base v', ['v1']],
    ['slipway plan --base=v', ['--base=v1']],
    ['slipway plan --base x', [HOSTILE]],
    ['slipway plan --base v1 test-m', ['test-metal']],
    ['slipway plan --base=v1 test-m', ['test-metal']],
    ['slipway plan --fail-on re', ['refused', 'replace']],
    ['slipway plan --fail-on=danger,de', ['--fail-on=danger,delete']],
    ['slipway plan --markdown loaded.f', ['loaded.fish']],
    ['slipway plan --html=loaded.f', ['--html=loaded.fish']],
    ['slipway help comp', ['completion']],
    ['slipway completion ', ['bash', 'fish', 'zsh']],
    ['slipway nothing ', []],
    ['npx slipway secrets test-e', ['test-eks']],
    ['npx --no slipway pl', [`plan\t${SUBCOMMANDS['plan']?.summary}`]],
    ['npx cdk8s loaded.f', ['loaded.fish']],
  ])('%s', (line, words) => {
    expect(offeredByFish(line)).toEqual(words);
  });

  it('every subcommand, and its options with what they do', () => {
    const listed = (entries: readonly (readonly [string, string])[]): string[] =>
      entries.map((entry) => entry.join('\t')).toSorted();
    expect(offeredByFish('slipway ').toSorted()).toEqual(
      listed(Object.entries(SUBCOMMANDS).map(([name, { summary }]) => [name, summary])),
    );
    for (const [name, { options }] of Object.entries(SUBCOMMANDS))
      expect(offeredByFish(`slipway ${name} --`).toSorted()).toEqual(
        listed(Object.entries({ ...options, ...COMMON }).map(([option, { means }]) => [`--${option}`, means])),
      );
  });

  it('clusters in a folder below the repository, and in none outside of it', () => {
    expect(offeredByFish('slipway synth test-k', 'clusters/test-kind')).toEqual(['test-kind']);
    expect(offeredByFish('slipway synth test-k', '..')).toEqual([]);
  });
});

/** Keys, and what the line becomes. */
const TYPED: readonly (readonly [string, string])[] = [
  ['slipway pl\t', 'slipway plan '],
  ['slipway synth test-k\t', 'slipway synth test-kind '],
  ['slipway plan --noi\t', 'slipway plan --noise '],
  ['slipway plan --markdown load\tba\t', 'slipway plan --markdown loaded.bash '],
  ['slipway plan --html=loaded.b\t', 'slipway plan --html=loaded.bash '],
  ['slipway plan --base v\t', 'slipway plan --base v1 '],
  ['slipway plan --base x\t', String.raw`slipway plan --base x\$\(touch\$\{IFS\}ran\) `],
  ['slipway plan --fail-on danger,ref\t', 'slipway plan --fail-on danger,refused'],
  ['npx slipway order test-m\t', 'npx slipway order test-metal '],
  ['npx --no slipway completion zs\t', 'npx --no slipway completion zsh '],
  ['npx loaded.z\t', 'npx loaded.zsh '],
];

// Without the shell, or `script` of util-linux, these say that they are skipped.
describe.each([
  ['bash', '--norc --noprofile -i'],
  ['zsh', '-f -i'],
])('in a terminal %s', (shell, options) => {
  it.skipIf(!canType(shell))(`completes what is typed (needs ${shell}, and script of util-linux)`, async () => {
    const terminal = await Terminal.open(`${shell} ${options}`, repository.root, `source ./loaded.${shell}`);
    try {
      for (const [keys, line] of TYPED) {
        await terminal.type(keys, line);
        await terminal.clear();
      }
    } finally {
      terminal.close();
    }
  });
});

describe('in a terminal zsh', () => {
  it.skipIf(!canType('zsh'))('says what subcommands and options do', async () => {
    const terminal = await Terminal.open('zsh -f -i', repository.root, 'source ./loaded.zsh');
    try {
      await terminal.type('slipway \t', `plan        -- ${SUBCOMMANDS['plan']?.summary}`);
      await terminal.clear();
      // The longest one, which is followed by no more than two spaces.
      await terminal.type(
        'slipway synth --\t',
        `--prune-pins  -- ${SUBCOMMANDS['synth']?.options['prune-pins']?.means}`,
      );
    } finally {
      terminal.close();
    }
  });
});
