import { UPSTREAM_PROJECTS } from '../../charts/upstream/projects.ts';
import { EXIT } from '../exit.ts';
import { CLUSTERS, command, JSON_TOO, QUIET, RINGS } from './command.ts';

/** What asks others: about pinned versions, and about what guards the repository. */
export const VERSIONS = {
  fetch: command({
    summary: 'download what `manifests` is pinned to',
    details: ['Archives are kept in ~/.cache/slipway, or in $XDG_CACHE_HOME/slipway, where rendering reads them.'],
    takes: [CLUSTERS],
    options: { write: { means: 'write the sha256 of new versions beside them' }, quiet: QUIET },
    examples: { 'fetch staging-aks --write': 'after a new version; then review the archive' },
    document: 'docs/own-manifests.md',
    run: async (...asked) => (await import('../fetch.ts')).fetchArchives(...asked),
  }),
  pins: command({
    summary: 'compare pins with repositories and registries',
    details: ['Repositories say the commits of releases, and registries the digests of images.'],
    takes: [RINGS],
    options: { write: { means: 'write commits and digests beside the versions' }, json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      'releases[], images[]': 'the rings, by `ring`; of releases, `releases` is their number',
      '….pins[]': 'a `pin` of `file`, and what was asked about (`of`)',
      '….pins[].pinned, .found': 'the commit, digest or checksum that the pin says, and that was found',
      '….pins[].unknown': 'why none was found',
      '….wrote': 'with --write, how many values each file got',
    },
    exits: {
      [EXIT.fault]: 'with --write, also a digest that no registry knows',
      [EXIT.difference]: 'without --write: something is not as its pin says',
    },
    examples: { 'pins staging --write': 'pin what is not pinned yet' },
    document: 'docs/architecture.md',
    run: async (...asked) => (await import('../compare-pins.ts')).comparePins(...asked),
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
    exits: { [EXIT.difference]: 'without --write: facts differ' },
    examples: { 'upstream --write': 'after a new version of a pin; then review what has changed' },
    document: 'docs/decisions/0032-rights-from-upstream.md',
    run: async (...asked) => (await import('../upstream/upstream.ts')).upstream(...asked),
  }),
  doctor: command({
    summary: 'whether guards are in force, or accounts ready',
    details: [
      'CODEOWNERS leaves what a ring with `approvers` guards to them; on GitHub, the branch takes reviewed and tested changes alone, environments ask for an approval, workflows have their variables and clouds trust their tokens. With what to do about each. It asks with GH_TOKEN, GITHUB_TOKEN, or the token of `gh`, and changes nothing.',
      'With --cloud, before the first `terraform apply`: whether whoever is signed in to `az` and `aws` is so to the account of the settings and may make what the roots make, and whether there are sizes, zones, quotas, versions and names for it. What they need is read in bootstrap/. It changes nothing.',
    ],
    takes: [
      {
        name: 'CLOUD',
        count: 'optional',
        choices: ['azure', 'aws'],
        means: 'with --cloud, one alone; default: those of the clusters',
      },
    ],
    options: {
      offline: { means: 'ask nobody: what the repository itself says' },
      cloud: { means: 'ask the accounts of clusters instead', excludes: 'offline' },
      cluster: {
        value: 'CLUSTER',
        means: 'with --cloud, a folder of clusters/ that has one of bootstrap/roots/',
        from: 'clusters/*/cluster.ts',
        otherwise: 'all',
      },
      json: JSON_TOO,
    },
    fields: {
      version: 'of these fields: 1',
      'findings[].what': 'what ought to be',
      'findings[].state': 'in force, missing or unknown',
      'findings[].about': 'with --cloud, the cloud or the cluster',
      'findings[].asked': 'with --cloud, the command that asked',
      'findings[].seen': 'what was seen; of what guards the repository, in its place',
      'findings[].fix': 'what to do: lines to write, or commands to run',
    },
    exits: { [EXIT.difference]: 'something is missing' },
    examples: {
      doctor: 'before the first cluster, and now and then',
      'doctor --offline': 'code owners alone',
      'doctor --cloud --cluster staging-aks': 'before its first terraform apply',
    },
    document: 'docs/runbooks/guards.md',
    run: async (workspace, [cloud], options) =>
      (await import('../doctor/command.ts')).doctorOf(workspace, cloud, options),
  }),
};
