import { removeRoot } from '../fork/clusters.ts';
import { type Identity, identityOf, writeIdentity } from '../fork/identity.ts';
import { clustersIn, writeLists } from '../fork/lists.ts';
import { removeServices } from '../fork/services.ts';
import { Sources } from '../fork/sources.ts';
import type { Git } from '../git.ts';
import { Checkout } from './checkout.ts';
import { addNewPins, pinsOfUpstream, type UpstreamPins } from './new-pins.ts';
import { pathsOf } from './ownership.ts';

/** A version of upstream as the fork has initialised it. */
export interface Initialised {
  /** Its tree, in the repository. */
  readonly tree: string;
  readonly pins: UpstreamPins;
  readonly identity: Identity;
}

/** What the fork says of itself. */
export interface Fork {
  readonly root: string;
  /** Parts of upstream that it does not have. */
  readonly without: readonly string[];
}

/**
 * Writes into a version of upstream what `slipway init` has written into the fork: whose it is, without the parts that it does not have,
 * with its own clusters. None of this is remembered anywhere: the fork's files say it.
 *
 * @param before the version that the fork has taken, whose pins are not new
 */
export async function initialised(git: Git, commit: string, fork: Fork, before?: Initialised): Promise<Initialised> {
  const checkout = new Checkout(git, commit, pathsOf('rendered'));
  try {
    const upstream = new Sources(checkout.folder);
    const identity = identityOf(upstream, before?.identity);
    const pins = pinsOfUpstream(upstream);
    const clusters = clustersIn(upstream);
    for (const folder of pathsOf('fork')) checkout.replace(folder, 'HEAD');
    const sources = new Sources(checkout.folder);
    const services = fork.without.filter((part) => part.startsWith('apps/')).map((part) => part.slice('apps/'.length));
    const added = before ? addNewPins(sources, before.pins, pins, services) : [];
    writeIdentity(sources, identity, identityOf(new Sources(fork.root), identity));
    removeServices(
      sources,
      services.filter((name) => sources.has(`apps/${name}/Dockerfile`)),
    );
    const own = clustersIn(sources);
    for (const cluster of clusters.filter((name) => !own.includes(name))) removeRoot(sources, cluster);
    for (const part of fork.without) sources.remove(part);
    writeLists(sources);
    await sources.format();
    await sources.apply();
    return { tree: checkout.tree([...pathsOf('fork', 'rendered')], 'HEAD', added), pins, identity };
  } finally {
    checkout.delete();
  }
}
