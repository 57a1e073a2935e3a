import { Fault } from '../../charts/fault.ts';
import type { Workspace } from '../synth.ts';
import { misuse, select } from '../unknown.ts';
import { carryOut } from './carry-out.ts';
import { addCluster } from './clusters.ts';
import { clustersIn } from './lists.ts';
import { Sources } from './sources.ts';

/** What `slipway new` adds. */
export const ADDABLE = ['cluster'] as const;

/** Options of `slipway new`. */
export interface NewOptions {
  /** The cluster that is copied. */
  readonly like: string;
  readonly domain: string;
  readonly ring?: string;
}

/**
 * `slipway new cluster NAME`: a cluster like another one, in a ring, with its Terraform root and its owners.
 *
 * @throws Fault for a name that is taken, or a model that is not there
 */
export async function add(
  workspace: Workspace,
  [, name]: readonly [(typeof ADDABLE)[number], string],
  options: NewOptions,
): Promise<string> {
  const sources = new Sources(workspace.root);
  const clusters = clustersIn(sources);
  if (clusters.includes(name))
    throw new Fault(misuse(`there is a cluster "${name}" already`, name, 'give it another name'));
  if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(name))
    throw new Fault(
      misuse(
        'the name of a cluster begins with a letter, and has lower-case letters, digits and hyphens',
        name,
        'such as staging-gke',
      ),
    );
  const [like = ''] = select('there is no cluster', clusters, [options.like]);
  addCluster(sources, { ...options, name, like });
  const done = await carryOut(workspace, sources);
  return `${done}\nnext: docs/runbooks/first-cluster.md, from \`terraform apply\` on; addresses in clusters/${name} and bootstrap/roots/${name} are those of ${like}`;
}
