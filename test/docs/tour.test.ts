import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../clusters/fleet.ts';
import { Fork } from '../forks/fork.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** The tour is of the sample: a fork has other clusters. */
const SAMPLE = 'https://github.com/example/slipway.git';

interface Step {
  readonly command: string;
  readonly prints: readonly string[];
}

/** The commands of a document in turn, each with the lines below it. */
function stepsOf(markdown: string): Step[] {
  const consoles = [...markdown.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  return consoles.flatMap((text) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((block) => {
        const [command = '', ...prints] = block.trimEnd().split('\n');
        return { command, prints };
      }),
  );
}

/** A line without what changes: numbers, and how columns are filled. */
function shape(line: string): string {
  return line.replaceAll(/\d+/g, 'N').replaceAll(/\s+/g, ' ').trim();
}

const STEPS = stepsOf(readFileSync(join(REPOSITORY, 'docs', 'tour.md'), 'utf8'));

describe.skipIf(repository.url !== SAMPLE)('the tour', () => {
  let fork: Fork;
  beforeAll(() => {
    fork = Fork.ofRepository();
    fork.commitAll();
    // A clone has what it was cloned from, which the plan compares with.
    fork.git('remote', 'add', 'origin', fork.folder);
    fork.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  });
  afterAll(() => fork.delete());

  it('has commands', () => {
    expect(STEPS.length).toBeGreaterThan(5);
  });

  it.each(STEPS)('$command', ({ command, prints }) => {
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: fork.folder,
      encoding: 'utf8',
      env: { ...process.env, npm_config_offline: 'true', NO_COLOR: '1' },
    });
    const lines = new Set(`${stdout}\n${stderr}`.split('\n').map(shape));
    expect(prints.filter((line) => line.trim() !== '' && !lines.has(shape(line)))).toEqual([]);
  });
});
