import { EXIT } from '../exit.ts';
import { CLUSTERS, command, JSON_TOO, QUIET } from './command.ts';

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
      json: JSON_TOO,
      quiet: QUIET,
      'prune-pins': { means: 'remove pins that no cluster uses, which are errors otherwise', excludes: 'json' },
    },
    fields: {
      version: 'of these fields: 1',
      'clusters, files': 'how many were rendered',
      'added, changed, removed': 'files of dist/, by their paths there',
      'stale, missing, extra': 'the same with --check, which writes none of them',
      overrides: 'how many are in force; not with --check',
      pending: 'clusters that have no facts yet',
      warnings: 'what people have to do, as sentences',
      elsewhere: 'clusters that other code has rendered, as sentences',
      milliseconds: 'how long it took; not with --check',
    },
    exits: { [EXIT.difference]: 'with --check: dist/ is out of date' },
    examples: {
      'synth staging-aks': 'render one cluster',
      'synth --check': 'what CI runs',
    },
    document: 'docs/architecture.md',
    async run(workspace, names, { check, watch: watching, 'prune-pins': prunes, json, quiet }) {
      if (watching) {
        const { watch } = await import('../watch.ts');
        const options = [...(json ? ['--json'] : []), ...(quiet ? ['--quiet'] : [])];
        await watch(workspace.root, [process.argv[1] ?? '', 'synth', ...names, ...options]);
        return '';
      }
      if (check) return (await import('../check-dist.ts')).checkDist(workspace, names, { json, quiet });
      // With --check, which writes nothing, they stay errors.
      const pruned = prunes ? await (await import('../prune.ts')).prunePins(workspace) : [];
      const lines = quiet ? [] : pruned;
      try {
        const text = await (await import('../synth.ts')).synth(workspace, names, { json, quiet });
        return [...lines, text].join('\n');
      } catch (error) {
        // What was removed stays so.
        return { text: lines.join('\n'), code: EXIT.fault, error };
      }
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
      quiet: QUIET,
    },
    exits: {
      [EXIT.fault]: 'sources that Git cannot merge, or that do not render together; the merge then waits for a commit',
    },
    examples: { merge: 'before a pull request with conflicts' },
    document: 'CONTRIBUTING.md',
    run: async (workspace, _, options) => (await import('../merge/merge.ts')).merge(workspace, options),
  }),
  monitoring: command({
    summary: 'write rules and dashboards alone, and list what changed',
    details: ['`npm run monitoring` generates the JSON of dashboards first.'],
    takes: [CLUSTERS],
    options: { quiet: QUIET },
    examples: { monitoring: 'after an edit of an alerts.ts' },
    document: 'docs/monitoring.md',
    run: async (...asked) => (await import('../monitoring.ts')).monitoring(...asked),
  }),
};
