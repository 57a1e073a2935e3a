import { Fault } from '../../charts/fault.ts';
import type { Hold } from '../../charts/holds.ts';
import { chooseClusters } from '../cluster-folders.ts';
import { rendered } from '../commits/rendered.ts';
import type { FileTexts } from '../git.ts';
import { type Shown, shownAs } from '../output.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent, holdsFile, holdsOf } from './files.ts';

/** What is held. */
export interface Holds {
  readonly holds: readonly Held[];
}

interface Held extends Hold {
  readonly cluster: string;
  readonly component: string;
  /** The files of it that would change without it, by their names. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Why that is not known. */
  readonly unknown?: string;
}

/** `slipway holds [CLUSTER…]`: what is held, why, and what would change without it. */
export async function holds(workspace: Workspace, asked: readonly string[], shown: Shown = {}): Promise<string> {
  const found: Held[] = [];
  for (const cluster of chooseClusters(workspace.root, asked)) {
    const held = Object.entries(holdsOf(workspace.root, cluster));
    if (held.length === 0) continue;
    const without = await changesWithout(workspace, cluster);
    for (const [component, hold] of held)
      found.push({ cluster, component, ...hold, ...suppressed(workspace.root, cluster, component, without) });
  }
  return shownAs({ holds: found }, listing, shown);
}

function listing({ holds: all }: Holds): string {
  return all.flatMap(linesOf).join('\n') || 'nothing is held';
}

function linesOf({ cluster, component, commit, because, by, until, unknown, added, changed, removed }: Held): string[] {
  const named = [
    ...changed,
    ...added.map((name) => `${name} (added)`),
    ...removed.map((name) => `${name} (removed)`),
  ].toSorted();
  const without =
    named.length > 0
      ? `without it would change: ${named.join(', ')}`
      : 'nothing would change without it: slipway release ends it';
  return [
    `${cluster}: ${component} as of ${commit.slice(0, 10)}, until ${until}, by ${by}: ${because}`,
    `  ${unknown ?? without}`,
  ];
}

/** What would change without the holds of a cluster, or why that cannot be said. */
async function changesWithout(workspace: Workspace, cluster: string): Promise<FileTexts | string> {
  try {
    return (await rendered(workspace, [cluster], new Map([[holdsFile(cluster), undefined]]))).files;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `without the holds of ${cluster} it would not render: ${error.problems[0]?.what}`;
  }
}

function suppressed(
  root: string,
  cluster: string,
  component: string,
  changes: FileTexts | string,
): Pick<Held, 'added' | 'changed' | 'removed' | 'unknown'> {
  if (typeof changes === 'string') return { added: [], changed: [], removed: [], unknown: changes };
  const folder = `dist/${cluster}/${component}/`;
  const now = filesOfComponent(root, cluster, component);
  const own = [...changes]
    .filter(([file]) => file.startsWith(folder))
    .map(([file, text]): readonly [string, 'added' | 'changed' | 'removed'] => {
      const name = file.slice(folder.length);
      return [name, text === undefined ? 'removed' : now.has(`${component}/${name}`) ? 'changed' : 'added'];
    });
  const names = (asked: string): string[] => own.flatMap(([name, how]) => (how === asked ? [name] : [])).toSorted();
  return { added: names('added'), changed: names('changed'), removed: names('removed') };
}
