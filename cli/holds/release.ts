import { Fault } from '../../charts/fault.ts';
import { refuseUnready } from '../commits/commit.ts';
import { Git } from '../git.ts';
import { checkRings, loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { holdsFile, holdsOf } from './files.ts';
import { changed, holdsText } from './hold.ts';
import { clustersAt, type Where } from './target.ts';

/** Options of `slipway release`. */
export interface ReleaseOptions extends Where {
  readonly 'dry-run'?: boolean;
}

/** `slipway release COMPONENT`: ends holds, in one commit. @throws Fault if the component is not held there */
export async function release(workspace: Workspace, component: string, options: ReleaseOptions): Promise<string> {
  const { root, importer } = workspace;
  const git = Git.open(root);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const clusters = clustersAt(root, rings, options).filter((cluster) =>
    Object.hasOwn(holdsOf(root, cluster), component),
  );
  if (clusters.length === 0)
    throw new Fault({
      what: `${component} is not held there`,
      where: options.cluster === undefined ? `ring ${options.ring}` : holdsFile(options.cluster),
      fix: 'slipway holds lists what is',
    });
  refuseUnready(git, workspace);
  const texts = new Map(
    clusters.map((cluster) => {
      const { [component]: _, ...others } = holdsOf(root, cluster);
      return holdsText(cluster, others);
    }),
  );
  const message = `Release ${component} in ${clusters.join(', ')}\n`;
  return changed(git, workspace, clusters, texts, message, options['dry-run'] ?? false);
}
