import { EXIT } from '../exit.ts';
import { command } from './command.ts';

/** What makes a fork a team's own, and what adds and removes whole parts of it. */
export const FORK = {
  init: command({
    summary: "make a fork a team's own, without what it does not want",
    details: [
      'It writes who you are to every place that says so, removes samples and clusters, and renders. In a terminal it asks for what is not given. Run again with the same answers, it changes nothing.',
    ],
    options: {
      organization: { value: 'NAME', means: 'begins names that must be unique in the world', otherwise: 'it stays' },
      repository: { value: 'URL', means: 'what clusters sync from', otherwise: 'it stays' },
      registry: {
        value: 'NAME',
        means: "of the repository's own images",
        otherwise: 'ghcr.io, for a repository on github.com',
      },
      domain: { value: 'NAME', means: 'above those of the clusters', otherwise: 'it stays' },
      email: { value: 'ADDRESS', means: 'of those who run it', otherwise: 'it stays' },
      clusters: { value: 'LIST', list: true, means: 'the clusters that stay', otherwise: 'all' },
      without: {
        value: 'LIST',
        list: true,
        means: 'services and sections of cluster files that go',
        otherwise: 'none',
      },
      yes: { means: 'ask nothing' },
    },
    examples: {
      init: 'asks',
      'init --yes --domain acme.dev --clusters local --without items': 'asks nothing',
    },
    document: 'docs/fork.md',
    asks: true,
    run: async (workspace, _, options) => (await import('../fork/init.ts')).init(workspace, options),
  }),
  new: command({
    summary: 'add a cluster, service, component or invariant',
    details: [
      'A cluster: its file, its Terraform root, its ring and its owners. A service: its code under another name, and its entries in the clusters that run the other one. A component: a web application of an image that is not built here, as docs/add-a-web-application.md says. An invariant: a rule that each object of a kind has a field, with the mutation that proves it. Then it renders.',
    ],
    takes: [
      { name: 'WHAT', count: 'one', choices: ['cluster', 'service', 'component', 'invariant'], means: 'what is added' },
      { name: 'NAME', count: 'one', means: 'what it is called' },
    ],
    options: {
      like: { value: 'NAME', means: 'the cluster or service that is copied' },
      domain: { value: 'NAME', means: 'of a cluster, which needs one' },
      ring: {
        value: 'RING',
        from: 'clusters/pins/*/argo-cd.json',
        means: "a cluster's; a new one has the pins of the copied one",
        otherwise: "the copied one's",
      },
      image: { value: 'NAME:TAG', means: 'of a component' },
      clusters: { value: 'LIST', list: true, means: 'that run a component', otherwise: 'all' },
      kind: { value: 'KIND', means: 'of an invariant: of which objects' },
      has: { value: 'PATH', means: 'of an invariant: the field, as metadata.labels[acme.dev/owner]' },
    },
    examples: {
      'new cluster us --like eu --domain us.acme.dev': 'a second region',
      'new service orders --like items': 'one with a database',
      'new component wiki --image ghcr.io/acme/wiki:1.2.3': 'in all clusters',
    },
    document: 'docs/fork.md',
    run: async (workspace, names, options) => (await import('../fork/new.ts')).add(workspace, names, options),
  }),
  remove: command({
    summary: 'remove clusters, services, components or sections',
    details: [
      'With all that names them: rings, pins, owners, Terraform roots, workflows, the compose file. A section is a component, in all clusters; its code stays. A component goes with its code, what uses that, and its section. Then it renders.',
    ],
    takes: [
      { name: 'WHAT', count: 'one', choices: ['cluster', 'service', 'section', 'component'], means: 'what is removed' },
      { name: 'NAME', count: 'any', means: 'what it is called' },
    ],
    examples: { 'remove cluster production-eks': 'a cloud less', 'remove section postfacto': 'from all clusters' },
    document: 'docs/fork.md',
    run: async (workspace, names) => (await import('../fork/remove.ts')).remove(workspace, names),
  }),
  upgrade: command({
    summary: 'merge a later version of Slipway into a fork',
    details: [
      'Git merges what has changed between two versions of upstream, after what init writes was written into both: identity, clusters and removed samples do not conflict. clusters/ stay as they are, but for pins of new components. dist/ is rendered from the merged sources. Fetch upstream first: it does not.',
    ],
    options: {
      from: {
        value: 'REMOTE|COMMIT',
        means: 'a remote, whose main branch is taken, or a commit',
        otherwise: 'the remote upstream',
        from: 'commit',
      },
      base: {
        value: 'COMMIT',
        means: 'the one of upstream that was taken last, for a copy without its history',
        otherwise: 'what the history tells',
        from: 'commit',
      },
    },
    exits: {
      [EXIT.fault]: 'sources that Git cannot merge, or that do not render together; the merge then waits for a commit',
    },
    examples: { upgrade: 'to what upstream has', 'upgrade --from v0.2.0': 'to a release' },
    document: 'docs/upgrading.md',
    run: async (workspace, _, options) => (await import('../upgrade/upgrade.ts')).upgrade(workspace, options),
  }),
};
