import { EXIT } from '../exit.ts';
import { CLUSTERS, command, RINGS } from './command.ts';

const RING = { value: 'RING', from: RINGS.from } as const;

/** What moves versions from ring to ring, and to the clusters. */
export const PROMOTION = {
  pin: command({
    summary: 'give the first ring another version of an image',
    details: [
      'It makes one commit, and prints what that will do, and which clusters keep what they have, by an exception or a hold. It refuses what is older, what has no digest, and what comes into a freeze. The workflow `release` runs it for what it has published; other versions come from Renovate.',
    ],
    takes: [
      { name: 'PIN', count: 'one', means: 'a name in the files of clusters/pins/<ring>/: that of a service' },
      { name: 'VERSION', count: 'one', means: 'the tag, with its digest: 1.2.3@sha256:…' },
    ],
    options: {
      urgent: { value: 'REASON', means: 'although the ring is frozen' },
      'dry-run': { means: 'write and commit nothing' },
    },
    exits: { [EXIT.fault]: 'it may not be pinned: every reason, and nothing is written' },
    examples: { 'pin whoami 1.1.0@sha256:…': 'what was published, in the first ring' },
    document: 'docs/rings.md',
    run: async (...asked) => (await import('../promotion/pin.ts')).pinImage(...asked),
  }),
  promote: command({
    summary: 'give the next ring the versions of the ring before',
    details: [
      'It makes one commit, and prints what that will do: what clusters of the ring before have been through, and what is new. It refuses what has not soaked, is older, or comes into a freeze.',
    ],
    takes: [{ name: 'COMPONENT', count: 'any', means: 'files of clusters/pins/<ring>/, without .json' }],
    options: {
      all: { means: 'every component that may go; the others are listed with the reasons' },
      code: { means: 'the code that renders a ring, instead of versions', excludes: 'all' },
      from: { ...RING, means: 'the ring that has the versions', otherwise: 'the one before --to' },
      to: { ...RING, means: 'the ring that gets them', otherwise: 'the one after --from, or the second one' },
      evidence: { value: 'TEXT', means: 'what shows that the ring before is healthy, where a ring asks for it' },
      urgent: { value: 'REASON', means: 'although it has not soaked, or the ring is frozen' },
      'dry-run': { means: 'write and commit nothing' },
    },
    exits: { [EXIT.fault]: 'it may not be promoted: every reason, and nothing is written' },
    examples: {
      'promote cert-manager --dry-run': 'what it would do in the second ring',
      'promote --all --evidence all-is-Healthy': 'all that has soaked',
    },
    document: 'docs/rings.md',
    run: async (...asked) => (await import('../promotion/promote.ts')).promote(...asked),
  }),
  publish: command({
    summary: 'push what dist/ has to the branch of each cluster',
    details: [
      'For fleets with `published` in clusters/fleet.ts; it is what the workflow runs. It reads a commit and not the working tree, and uses the network. A branch gets a commit if its cluster has changed.',
    ],
    takes: [CLUSTERS],
    options: {
      commit: {
        value: 'REF',
        from: 'commit',
        means: 'the commit to publish, part of the revision',
        otherwise: 'the newest one of the revision, as origin has it',
      },
      adopt: { means: 'go on from a tip that publish has not made, or that was edited' },
      'dry-run': { means: 'push nothing' },
    },
    exits: { [EXIT.fault]: 'also a branch that was refused; the others are published' },
    examples: {
      publish: 'all clusters',
      'publish staging-aks --dry-run': 'whether a cluster would get a commit',
    },
    document: 'docs/scale.md',
    run: async (...asked) => (await import('../publish/publish.ts')).publish(...asked),
  }),
};
