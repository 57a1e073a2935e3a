import { UPSTREAM_PROJECTS } from '../../charts/upstream/projects.ts';
import { CLUSTERS, command, RINGS } from './command.ts';

/** What asks others: about pinned versions, and about what guards the repository. */
export const VERSIONS = {
  fetch: command({
    summary: 'download what `manifests` is pinned to',
    details: ['Archives are kept in ~/.cache/slipway, or in $XDG_CACHE_HOME/slipway, where rendering reads them.'],
    takes: [CLUSTERS],
    options: { write: { means: 'write the sha256 of new versions beside them' } },
    examples: { 'fetch staging-aks --write': 'after a new version; then review the archive' },
    document: 'docs/own-manifests.md',
    run: async (...asked) => (await import('../fetch.ts')).fetchArchives(...asked),
  }),
  pins: command({
    summary: 'compare pins with repositories and registries',
    details: ['Repositories say the commits of releases, and registries the digests of images.'],
    takes: [RINGS],
    options: { write: { means: 'write commits and digests beside the versions' } },
    exits: { 1: 'with --write, also a digest that no registry knows' },
    examples: { 'pins staging --write': 'pin what is not pinned yet' },
    document: 'docs/architecture.md',
    async run(workspace, names, options) {
      const [{ pins }, { releases }] = [await import('../pins.ts'), await import('../releases.ts')];
      // Printed before the images, one of which may be unknown, which is an error.
      console.log(await releases(workspace, names, options));
      return pins(workspace, names, options);
    },
  }),
  upstream: command({
    summary: 'compare charts/upstream/ with the projects themselves',
    details: ['Rights, webhooks and kinds at the pinned versions are read from the repositories of the projects.'],
    takes: [
      {
        name: 'PROJECT',
        count: 'any',
        choices: UPSTREAM_PROJECTS.map(({ name }) => name),
        means: 'projects of charts/upstream/; default: all',
      },
    ],
    options: { write: { means: 'write them, and remove those of versions that nobody pins' } },
    exits: { 1: 'without --write, also facts that differ' },
    examples: { 'upstream --write': 'after a new version of a pin; then review what has changed' },
    document: 'docs/decisions/0032-rights-from-upstream.md',
    run: async (...asked) => (await import('../upstream/upstream.ts')).upstream(...asked),
  }),
  doctor: command({
    summary: 'whether what guards this repository is in force',
    details: [
      'CODEOWNERS leaves what a ring with `approvers` guards to them; on GitHub, the branch takes reviewed and tested changes alone, environments ask for an approval, workflows have their variables and clouds trust their tokens. With what to do about each. It asks with GH_TOKEN, GITHUB_TOKEN, or the token of `gh`, and changes nothing.',
    ],
    options: {
      offline: { means: 'ask nobody: what the repository itself says' },
      json: { means: 'print it as JSON' },
    },
    exits: { 2: 'something is missing' },
    examples: { doctor: 'before the first cluster, and now and then', 'doctor --offline': 'code owners alone' },
    document: 'docs/runbooks/guards.md',
    run: async (workspace, _, options) => (await import('../doctor/command.ts')).doctor(workspace, options),
  }),
};
