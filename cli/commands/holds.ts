import { EXIT } from '../exit.ts';
import { CLUSTERS, command, JSON_TOO, RINGS } from './command.ts';

const COMPONENT = { name: 'COMPONENT', count: 'one', means: 'its folder in dist/<cluster>/' } as const;

const WHERE = {
  cluster: { value: 'CLUSTER', from: CLUSTERS.from, means: 'in this cluster', excludes: 'ring' },
  ring: { value: 'RING', from: RINGS.from, means: 'in all clusters of this ring that run it' },
} as const;

const REASON = {
  because: { value: 'REASON', required: true, means: 'why' },
  until: { value: 'DAY', required: true, means: 'its last day, as 2026-12-31: then npm run check fails' },
} as const;

const DRY_RUN = { 'dry-run': { means: 'write and commit nothing' } } as const;

/** What keeps components back, or takes them back. */
export const HOLDS = {
  rollback: command({
    summary: 'give clusters an earlier rendering of a component again',
    details: [
      'It makes one commit: of earlier pins, if these alone give the same bytes, else of a hold. It prints the plan, with what does not go back.',
    ],
    takes: [COMPONENT],
    options: {
      ...WHERE,
      to: { value: 'REF', from: 'commit', means: 'to what dist has at this commit', otherwise: 'by --steps' },
      steps: { value: 'N', default: '1', means: 'to the rendering before the last N changes of it' },
      ...REASON,
      ...DRY_RUN,
    },
    exits: { [EXIT.fault]: 'data, or the API server, would not go back: nothing is written' },
    examples: {
      'rollback items --ring edge --because leaks-more --until 2026-12-31': 'to before its last change',
    },
    document: 'docs/rings.md',
    run: async (workspace, [component], options) =>
      (await import('../holds/rollback.ts')).rollback(workspace, component, options),
  }),
  hold: command({
    summary: 'keep a rendering of a component, whatever changes',
    takes: [COMPONENT],
    options: {
      ...WHERE,
      at: { value: 'REF', from: 'commit', means: 'what dist has at this commit', otherwise: 'what it has now' },
      ...REASON,
      by: { value: 'NAME', means: 'who answers for it', otherwise: 'who commits' },
      ...DRY_RUN,
    },
    examples: {
      'hold mongo --ring edge --because audit-2026 --until 2026-12-31': 'in all clusters of a ring',
    },
    document: 'docs/rings.md',
    run: async (workspace, [component], options) =>
      (await import('../holds/hold.ts')).hold(workspace, component, options),
  }),
  holds: command({
    summary: 'what is held, why, and what would change without it',
    takes: [CLUSTERS],
    options: { json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      'holds[].cluster, .component': 'what is held',
      'holds[].commit': 'whose rendering it has',
      'holds[].because, .by, .until': 'the reason, who answers for it, and its last day',
      'holds[].added, .changed, .removed': 'its files that would change without the hold',
      'holds[].unknown': 'why these are not known',
    },
    examples: { holds: 'of all clusters' },
    document: 'docs/rings.md',
    run: async (...asked) => (await import('../holds/holds.ts')).holds(...asked),
  }),
  release: command({
    summary: 'end holds of a component',
    takes: [COMPONENT],
    options: { ...WHERE, ...DRY_RUN },
    examples: { 'release mongo --ring production --dry-run': 'what would change' },
    document: 'docs/rings.md',
    run: async (workspace, [component], options) =>
      (await import('../holds/release.ts')).release(workspace, component, options),
  }),
};
