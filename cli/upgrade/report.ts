import { clusterFile } from '../fork/lists.ts';
import { keysAt } from '../fork/literals.ts';
import type { Git, GitChange } from '../git.ts';
import { countOf } from '../synth.ts';
import { FOR_PEOPLE } from './ownership.ts';

const CHANGELOG = 'CHANGELOG.md';

/** Two versions of upstream, and what of their difference a fork has not taken. */
export interface Taken {
  readonly base: string;
  readonly upstream: string;
  /** Parts that it does not have. */
  readonly without: readonly string[];
  /** What has stayed the fork's though both have changed it. */
  readonly kept: readonly string[];
  /** Rings that earlier code renders. */
  readonly lagging: readonly string[];
}

/** What an upgrade has brought, what it has left out, and what is left to do by people. */
export function reportOf(git: Git, { base, upstream, without, kept, lagging }: Taken): string[] {
  const changes = git.changes(base, upstream, []);
  const changed = (path: string): GitChange[] =>
    changes.filter((one) => one.path === path || one.path.startsWith(`${path}/`));
  const left = without.filter((part) => changed(part).length > 0);
  return [
    ...section('new in CHANGELOG.md:', newLines(git, base, upstream)),
    ...section(
      'not taken, since this fork does not have it:',
      left.map((part) => `${part}: ${countOf(changed(part).length, 'changed file')}`),
    ),
    ...section('kept as this fork has it, though upstream has changed it, too:', kept),
    ...section('left to do by people:', [
      ...FOR_PEOPLE.filter(({ path }) => changed(path).length > 0).map(({ path, todo, shows }) =>
        shows ? `${todo} git diff ${git.short(base)} ${git.short(upstream)} -- ${path}` : todo,
      ),
      ...newSettings(git, changes),
      ...movedPins(changes),
      ...lagging.map(
        (ring) => `${ring} keeps its code, and gets what that does not know with newer code: docs/rings.md, Code`,
      ),
      'npx slipway plan --base HEAD^: what this does to the clusters',
      'npm test, then push: by a merge commit, or a squash that keeps the last line of the message',
    ]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function newLines(git: Git, base: string, upstream: string): string[] {
  const args = ['diff', '--unified=0', '--no-color', '--no-ext-diff', base, upstream, '--', CHANGELOG];
  return git
    .run(args, `${CHANGELOG} cannot be compared`)
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++') && line.length > 1)
    .map((line) => line.slice(1));
}

/** Sections that cluster files of upstream did not have. */
function newSettings(git: Git, changes: readonly GitChange[]): string[] {
  const files = changes.filter(({ path }) => path === clusterFile(path.split('/')[1] ?? ''));
  const sectionsOf = (shas: readonly (string | undefined)[]): Set<string> =>
    new Set([...git.contents(shas.filter((sha) => sha !== undefined)).values()].flatMap((text) => keysAt(text, [])));
  const before = sectionsOf(files.map((file) => file.before));
  const added = [...sectionsOf(files.filter((file) => file.before).map((file) => file.after))].filter(
    (key) => !before.has(key),
  );
  return added.length > 0
    ? [`new sections in upstream’s cluster files, which yours may want: ${added.sort().join(', ')}`]
    : [];
}

/** Components whose versions upstream has moved. */
function movedPins(changes: readonly GitChange[]): string[] {
  const moved = changes.flatMap(({ path, before, after }) => {
    const [, component] = /^clusters\/pins\/[^/]+\/([^/]+)\.json$/.exec(path) ?? [];
    return component !== undefined && before !== undefined && after !== undefined ? [component] : [];
  });
  return moved.length > 0
    ? [
        `upstream runs other versions of ${[...new Set(moved)].sort().join(', ')}; yours move by Renovate and slipway promote`,
      ]
    : [];
}
