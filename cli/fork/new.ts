import { Fault } from '../../charts/fault.ts';
import type { Workspace } from '../synth.ts';
import { misuse, select } from '../unknown.ts';
import { carryOut } from './carry-out.ts';
import { addCluster } from './clusters.ts';
import { componentsIn } from './components.ts';
import { addInvariant, invariantsIn } from './invariants.ts';
import { clustersIn } from './lists.ts';
import { addService, servicesIn } from './services.ts';
import { Sources } from './sources.ts';
import { addWebApplication } from './web-application.ts';

/** What `slipway new` adds. */
export const ADDABLE = ['cluster', 'service', 'component', 'invariant'] as const;

/** Options of `slipway new`. */
export interface NewOptions {
  /** Of a cluster and of a service: the one that is copied. */
  readonly like?: string;
  /** Of a cluster. */
  readonly domain?: string;
  readonly ring?: string;
  /** Of a component. */
  readonly image?: string;
  readonly clusters?: readonly string[];
  /** Of an invariant. */
  readonly kind?: string;
  readonly has?: string;
}

interface Addition {
  /** Names that are taken. */
  known(sources: Sources): string[];
  readonly needs: readonly (keyof NewOptions)[];
  readonly takes: readonly (keyof NewOptions)[];
  /** @returns what people do next */
  add(sources: Sources, name: string, options: NewOptions): string;
}

const ADDITIONS: Readonly<Record<(typeof ADDABLE)[number], Addition>> = {
  cluster: {
    known: clustersIn,
    needs: ['like', 'domain'],
    takes: ['ring'],
    add(sources, name, { like = '', domain = '', ring }) {
      const [model = ''] = select('there is no cluster', clustersIn(sources), [like]);
      addCluster(sources, { name, like: model, domain, ring });
      return `docs/runbooks/new-environment.md, from its second step on; addresses in clusters/${name} and bootstrap/roots/${name} are those of ${model}`;
    },
  },
  service: {
    known: (sources) => sources.list('apps'),
    needs: ['like'],
    takes: [],
    add(sources, name, { like = '' }) {
      const [model = ''] = select('there is no service', servicesIn(sources), [like]);
      addService(sources, { name, like: model });
      return `npm install, npm test; apps/${name} does what ${model} does, and its image is there once main has it (docs/releases.md)`;
    },
  },
  component: {
    known: (sources) => [...componentsIn(sources), ...servicesIn(sources)],
    needs: ['image'],
    takes: ['clusters'],
    add(sources, name, { image = '', clusters = [] }) {
      addWebApplication(sources, { name, image, clusters });
      return `its port, probes and resources in charts/components/${name}/${name}.ts, its settings beside; npm test`;
    },
  },
  invariant: {
    known: invariantsIn,
    needs: ['kind', 'has'],
    takes: [],
    add(sources, name, { kind = '', has = '' }) {
      addInvariant(sources, { name, kind, has });
      return `npm test: it names what does not meet test/invariants/${name}.ts yet`;
    },
  },
};

/** The options that say what is added. */
const OPTIONS = ['like', 'domain', 'ring', 'image', 'clusters', 'kind', 'has'] as const;

/**
 * `slipway new cluster|service|component|invariant NAME`, with every edit that it needs, and renders.
 *
 * @throws Fault for a name that is taken or none, a model that is not there, and options that are missing or of something else
 */
export async function add(
  workspace: Workspace,
  [what, name]: readonly [(typeof ADDABLE)[number], string],
  options: NewOptions,
): Promise<string> {
  const sources = new Sources(workspace.root);
  const addition = ADDITIONS[what];
  refuseOptions(what, addition, options);
  if (addition.known(sources).includes(name))
    throw new Fault(misuse(`there is a ${what} "${name}" already`, name, 'give it another name'));
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Fault(
      misuse(
        `the name of a ${what} begins with a letter, and has lower-case letters, digits and hyphens`,
        name,
        'such as staging-gke',
      ),
    );
  const next = addition.add(sources, name, options);
  return `${await carryOut(workspace, sources)}\nnext: ${next}`;
}

function refuseOptions(what: string, { needs, takes }: Addition, options: NewOptions): void {
  const given = OPTIONS.filter((one) => options[one] !== undefined);
  const written = (names: readonly string[]): string => names.map((name) => `--${name}`).join(', ');
  const missing = needs.filter((one) => !given.includes(one));
  if (missing.length > 0)
    throw new Fault(misuse(`a ${what} needs ${written(needs)}`, written(given), `add ${written(missing)}`));
  const others = given.filter((one) => ![...needs, ...takes].includes(one));
  if (others.length > 0)
    throw new Fault(
      misuse(
        `${written(others)} is not of a ${what}`,
        written(given),
        `leave it out: a ${what} takes ${written([...needs, ...takes])}`,
      ),
    );
}
