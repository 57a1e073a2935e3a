import { Fault } from '../../charts/fault.ts';
import type { Workspace } from '../synth.ts';
import { misuse, select } from '../unknown.ts';
import { carryOut } from './carry-out.ts';
import { addCluster } from './clusters.ts';
import { clustersIn } from './lists.ts';
import { addService, servicesIn } from './services.ts';
import { Sources } from './sources.ts';

/** What `slipway new` adds. */
export const ADDABLE = ['cluster', 'service'] as const;

/** Options of `slipway new`. */
export interface NewOptions {
  /** The cluster or the service that is copied. */
  readonly like: string;
  /** Of a cluster. */
  readonly domain?: string;
  readonly ring?: string;
}

/**
 * `slipway new cluster|service NAME`: one like another one, with every edit that it needs, and renders.
 *
 * @throws Fault for a name that is taken or none, a model that is not there, and options that are of something else
 */
export async function add(
  workspace: Workspace,
  [what, name]: readonly [(typeof ADDABLE)[number], string],
  options: NewOptions,
): Promise<string> {
  const sources = new Sources(workspace.root);
  const known = what === 'cluster' ? clustersIn(sources) : servicesIn(sources);
  if (known.includes(name) || sources.has(`apps/${name}`))
    throw new Fault(misuse(`there is a ${what} "${name}" already`, name, 'give it another name'));
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Fault(
      misuse(
        `the name of a ${what} begins with a letter, and has lower-case letters, digits and hyphens`,
        name,
        'such as staging-gke',
      ),
    );
  const [like = ''] = select(`there is no ${what}`, known, [options.like]);
  const next = what === 'cluster' ? newCluster(sources, name, like, options) : newService(sources, name, like, options);
  return `${await carryOut(workspace, sources)}\nnext: ${next}`;
}

function newCluster(sources: Sources, name: string, like: string, { domain, ring }: NewOptions): string {
  if (domain === undefined) throw new Fault(misuse('a cluster has a domain of its own', name, 'add --domain NAME'));
  addCluster(sources, { name, like, domain, ring });
  return `docs/runbooks/first-cluster.md, from \`terraform apply\` on; addresses in clusters/${name} and bootstrap/roots/${name} are those of ${like}`;
}

function newService(sources: Sources, name: string, like: string, { domain, ring }: NewOptions): string {
  if (domain !== undefined || ring !== undefined)
    throw new Fault(
      misuse(
        'a service has neither a domain nor a ring: it runs where the copied one runs',
        name,
        'leave out --domain and --ring',
      ),
    );
  addService(sources, { name, like });
  return `npm install, npm test; apps/${name} does what ${like} does, and its image is there once main has it (docs/releases.md)`;
}
