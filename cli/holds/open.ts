import { refuseUnready } from '../commits/commit.ts';
import { Git } from '../git.ts';
import { checkRings, loadRings } from '../rings.ts';
import { checkRendered, type Workspace } from '../synth.ts';
import { clustersOf, type Where } from './target.ts';
import type { Ring } from '../../charts/rings.ts';

/** What a commit of a component of some clusters begins with. */
export interface Opened {
  readonly git: Git;
  readonly rings: readonly Ring[];
  /** Those that run the component. */
  readonly clusters: readonly string[];
}

/** @throws Fault if none of the clusters runs the component, or the commit would take along other changes */
export async function opened(workspace: Workspace, component: string, where: Where): Promise<Opened> {
  const { root, importer } = workspace;
  const git = Git.open(root);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const clusters = clustersOf(root, rings, component, where);
  refuseUnready(git, workspace);
  await checkRendered(workspace, clusters);
  return { git, rings, clusters };
}
