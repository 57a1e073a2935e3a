import { basename } from 'node:path';
import { chooseClusters } from '../cluster-folders.ts';
import { rendered } from '../commits/rendered.ts';
import type { Workspace } from '../synth.ts';
import { holdsFile, holdsOf } from './files.ts';

/** `slipway holds [CLUSTER…]`: what is held, why, and what would change without it. */
export async function holds(workspace: Workspace, asked: readonly string[]): Promise<string> {
  const held = chooseClusters(workspace.root, asked).filter(
    (cluster) => Object.keys(holdsOf(workspace.root, cluster)).length > 0,
  );
  if (held.length === 0) return 'nothing is held';
  const without = new Map(held.map((cluster) => [holdsFile(cluster), undefined] as const));
  const { files } = await rendered(workspace, held, without);
  return held
    .flatMap((cluster) =>
      Object.entries(holdsOf(workspace.root, cluster)).flatMap(([component, { commit, because, by, until }]) => {
        const folder = `dist/${cluster}/${component}/`;
        const changes = [...files.keys()].filter((file) => file.startsWith(folder)).map((file) => basename(file));
        return [
          `${cluster}: ${component} as of ${commit.slice(0, 10)}, until ${until}, by ${by}: ${because}`,
          changes.length > 0
            ? `  without it would change: ${changes.join(', ')}`
            : '  nothing would change without it: slipway release ends it',
        ];
      }),
    )
    .join('\n');
}
