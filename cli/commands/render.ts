import { CLUSTERS, command } from './command.ts';

/** What writes dist. */
export const RENDER = {
  synth: command({
    summary: 'render into dist/, once, on every save, or to check it',
    details: [
      'Only files whose bytes change are written, and stale ones are removed. A run that fails changes nothing.',
    ],
    takes: [CLUSTERS],
    options: {
      check: { means: 'write nothing; fail if dist/ is out of date, and list the files' },
      watch: { means: 'render again on every save, until it is interrupted', excludes: 'check' },
      'prune-pins': { means: 'remove pins that no cluster uses, which are errors otherwise' },
    },
    exits: { 1: 'with --check, also a dist/ that is out of date' },
    examples: {
      'synth staging-aks': 'render one cluster',
      'synth --check': 'what CI runs',
    },
    document: 'docs/architecture.md',
    async run(workspace, names, { check, watch: watching, 'prune-pins': prunes }) {
      if (watching) {
        const { watch } = await import('../watch.ts');
        await watch(workspace.root, [process.argv[1] ?? '', 'synth', ...names]);
        return '';
      }
      // With --check, which writes nothing, they stay errors.
      if (prunes && !check)
        for (const line of await (await import('../prune.ts')).prunePins(workspace)) console.log(line);
      const { checkDist, synth } = await import('../synth.ts');
      return check ? checkDist(workspace, names) : synth(workspace, names);
    },
  }),
  merge: command({
    summary: 'merge another branch, and render dist/ anew',
    details: ['Conflicts in dist/ are none: it is rendered from the merged sources, whose conflicts are for people.'],
    options: {
      from: {
        value: 'REF',
        from: 'commit',
        means: 'the branch',
        otherwise: 'the revision that clusters sync from, as origin has it',
      },
    },
    exits: { 1: 'sources that Git cannot merge, or that do not render together; the merge then waits for a commit' },
    examples: { merge: 'before a pull request with conflicts' },
    document: 'CONTRIBUTING.md',
    run: async (workspace, _, { from }) => (await import('../merge/merge.ts')).merge(workspace, { from }),
  }),
  monitoring: command({
    summary: 'write rules and dashboards alone, and list what changed',
    details: ['`npm run monitoring` generates the JSON of dashboards first.'],
    takes: [CLUSTERS],
    examples: { monitoring: 'after an edit of an alerts.ts' },
    document: 'docs/monitoring.md',
    run: async (workspace, names) => (await import('../monitoring.ts')).monitoring(workspace, names),
  }),
};
