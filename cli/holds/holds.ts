import { Fault } from '../../charts/fault.ts';
import { chooseClusters } from '../cluster-folders.ts';
import { rendered } from '../commits/rendered.ts';
import type { FileTexts } from '../git.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent, holdsFile, holdsOf } from './files.ts';

/** `slipway holds [CLUSTER…]`: what is held, why, and what would change without it. */
export async function holds(workspace: Workspace, asked: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const cluster of chooseClusters(workspace.root, asked)) {
    const held = Object.entries(holdsOf(workspace.root, cluster));
    if (held.length === 0) continue;
    const without = await changesWithout(workspace, cluster);
    for (const [component, { commit, because, by, until }] of held)
      lines.push(
        `${cluster}: ${component} as of ${commit.slice(0, 10)}, until ${until}, by ${by}: ${because}`,
        `  ${typeof without === 'string' ? without : suppressed(workspace.root, cluster, component, without)}`,
      );
  }
  return lines.length > 0 ? lines.join('\n') : 'nothing is held';
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

function suppressed(root: string, cluster: string, component: string, changes: FileTexts): string {
  const folder = `dist/${cluster}/${component}/`;
  const now = filesOfComponent(root, cluster, component);
  const named = [...changes]
    .filter(([file]) => file.startsWith(folder))
    .map(([file, text]) => {
      const name = file.slice(folder.length);
      if (text === undefined) return `${name} (removed)`;
      return now.has(`${component}/${name}`) ? name : `${name} (added)`;
    })
    .toSorted();
  return named.length > 0
    ? `without it would change: ${named.join(', ')}`
    : 'nothing would change without it: slipway release ends it';
}
