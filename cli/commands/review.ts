import { EXIT } from '../exit.ts';
import { FAILURES } from '../plan/failures.ts';
import { CLUSTER, CLUSTERS, command, JSON_TOO, type Option } from './command.ts';

const BASE = {
  value: 'REF',
  from: 'commit',
  means: 'compare with where the history left this commit, branch or tag',
} as const satisfies Option;

const MARKDOWN = {
  value: 'F',
  from: 'file',
  means: 'write it into a file, too, as Markdown for a comment',
} as const satisfies Option;

const HTML = { value: 'F', from: 'file', means: 'write it into a file, too, as a page' } as const satisfies Option;

/** What says what is, or would be, in the clusters. */
export const REVIEW = {
  plan: command({
    summary: 'what a change of dist/ will do to the clusters',
    details: [
      'It reads two trees of Git and nothing else. A cluster that was removed since the base can be named, too.',
    ],
    takes: [CLUSTERS],
    options: {
      base: { ...BASE, otherwise: 'the revision that clusters sync from, as origin has it' },
      head: {
        value: 'REF',
        from: 'commit',
        means: 'the commit, branch or tag with the changes',
        otherwise: 'the working tree',
      },
      json: { means: 'print it as JSON (docs/plan.schema.json)' },
      markdown: MARKDOWN,
      html: HTML,
      noise: { means: 'list what reads differently and means the same, too' },
      'fail-on': {
        value: 'LIST',
        list: true,
        choices: FAILURES,
        default: 'refused',
        means: 'exit with 2 if it has any of these',
      },
    },
    exits: { [EXIT.difference]: 'the plan has something that --fail-on names' },
    examples: {
      plan: 'this branch and what is not committed',
      'plan staging-aks --base HEAD~1 --html plan.html': 'one cluster, against another commit, as a page',
      'plan --fail-on danger,refused': 'what CI runs',
    },
    document: 'docs/plan.md',
    run: async (...asked) => (await import('../plan/command.ts')).plan(...asked),
  }),
  fleet: command({
    summary: 'what the clusters in dist/ run, ask for and serve',
    details: ['Versions, requests, volumes, hosts, certificates and schedules; of a single cluster, in detail.'],
    takes: [CLUSTERS],
    options: {
      base: { ...BASE, otherwise: 'no comparison, and nothing of Git is read' },
      json: { means: 'print it as JSON (docs/fleet.schema.json)' },
      markdown: MARKDOWN,
      html: HTML,
    },
    examples: {
      'fleet staging-aks': 'one cluster in detail',
      'fleet --base origin/main': 'with the changes since this branch left main',
    },
    document: 'docs/fleet.md',
    run: async (...asked) => (await import('../fleet/command.ts')).fleet(...asked),
  }),
  order: command({
    summary: 'the order in which components are synced, and why',
    takes: [CLUSTER],
    options: { mermaid: { means: 'print it as a Mermaid diagram', excludes: 'json' }, json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      cluster: 'its name',
      'components[].name': 'first those that come first',
      'components[].level': 'how many steps are before it',
      'components[].after[]': 'a `component` that it comes after, since an `object` of it `needs` something',
    },
    examples: { 'order staging-aks': 'a line for each component, and one for each reason' },
    document: 'docs/order.md',
    run: async (workspace, [cluster], options) => (await import('../order.ts')).order(workspace, cluster, options),
  }),
  overrides: command({
    summary: 'what overrides change on single clusters, and why',
    takes: [CLUSTERS],
    options: { json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      'clusters[].name': 'the cluster',
      'clusters[].unknown': 'why its overrides are not known',
      'clusters[].overrides[]': 'the `object`, `because` of what, and the `file` that says so, with its line',
      '….changes[]': 'a `field`, `before` and `after`, and whether it was `inserted` into a list',
    },
    examples: { 'overrides staging-aks': 'each field with its old and new value' },
    document: 'docs/changing-one-cluster.md',
    run: async (...asked) => (await import('../overrides.ts')).overrides(...asked),
  }),
  waivers: command({
    summary: 'what objects of `manifests` need not meet, and why',
    takes: [CLUSTERS],
    options: { json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      'waivers[]': 'an `object` of a `cluster`, the `invariant` that it need not meet, and `because` of what',
    },
    examples: { waivers: 'of all clusters' },
    document: 'docs/own-manifests.md',
    run: async (...asked) => (await import('../waivers.ts')).waivers(...asked),
  }),
};
