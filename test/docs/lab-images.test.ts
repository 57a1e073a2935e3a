import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { images } from '../lab/images/images.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** Rows of a table, with the spaces between cells left out. */
function rows(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    );
}

it('docs/lab.md says of every image of real nodes whether it is real, of another version, or played', () => {
  const documented = rows(readFileSync(join(REPOSITORY, 'docs', 'lab.md'), 'utf8'));
  // Services are described together: forks have others.
  const wanted = images(REPOSITORY)
    .filter(({ repository, origin }) => repository.includes('/') || !('real' in origin))
    .map(({ repository, origin }) => {
      if ('real' in origin) return `|\`${repository}\`|real|${origin.real}|`;
      const [what, is] =
        'otherVersion' in origin
          ? (['another version', origin.otherVersion] as const)
          : (['played', origin.played] as const);
      return `|\`${repository}\`|${what}|${is}. Because ${origin.because}|`;
    });
  expect(wanted.filter((row) => !documented.includes(row))).toEqual([]);
});
