import { throwIfAny } from '../charts/fault.ts';
import { todayInUtc } from '../charts/lib/answered.ts';
import type { Outcome } from './commands/command.ts';
import { EXIT } from './exit.ts';
import { type DistChanges, hasChanges } from './dist.ts';
import { leftovers } from './fork/identity.ts';
import { Sources } from './fork/sources.ts';
import { holdsOver } from './holds/files.ts';
import { shownAs } from './output.ts';
import { countOf, outOfDate, prepare, settledChanges, warningsOf, withoutFacts, type Workspace } from './synth.ts';

/** What `slipway synth --check` has found: the files of dist that are not as they are rendered now, by their paths there. */
export interface Checked extends DistChanges {
  readonly clusters: number;
  readonly files: number;
  /** The clusters that have no facts yet. */
  readonly pending: readonly string[];
  /** What people have to do. */
  readonly warnings: readonly string[];
  /** Which clusters other code has rendered. */
  readonly elsewhere: readonly string[];
}

/**
 * `slipway synth --check`: writes nothing.
 *
 * @param today the last day of what has an end, as `2026-12-31`
 * @throws Fault for exceptions and holds that are over, names of the sample in a repository of one's own, or, as text, listing the files of dist that differ
 */
export async function checkDist(
  workspace: Workspace,
  asked: readonly string[],
  { json = false, quiet = false, today = todayInUtc() }: Options = {},
): Promise<Outcome> {
  const found = await checked(workspace, asked, today);
  if (!json) throwIfAny(outOfDate(workspace, found).map((problem) => ({ ...problem, kind: 'difference' as const })));
  return {
    text: shownAs(found, quiet ? warningsOf : textOf, { json }),
    code: hasChanges(found) ? EXIT.difference : EXIT.success,
  };
}

interface Options {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly today?: string;
}

async function checked(workspace: Workspace, asked: readonly string[], today: string): Promise<Checked> {
  const prepared = await prepare(workspace, asked);
  const changes = await settledChanges(workspace, prepared);
  const { wanted, clusters, pending, elsewhere, chosen } = prepared;
  // What is out of date has to be rendered first, which may end them.
  if (!hasChanges(changes))
    throwIfAny([
      ...chosen.names.flatMap((name) => [
        ...chosen.versions.pinsOf(name).over(today),
        ...holdsOver(workspace.root, name, today),
      ]),
      ...(asked.length === 0 ? leftovers(new Sources(workspace.root)) : []),
    ]);
  return {
    clusters,
    files: wanted.size,
    ...changes,
    pending: pending.map(({ name }) => name),
    warnings: pending.map((cluster) => withoutFacts(cluster, 'rendered')),
    elsewhere,
  };
}

function textOf({ clusters, files, warnings, elsewhere }: Checked): string {
  return [
    ...warnings,
    ...elsewhere,
    `${countOf(clusters, 'cluster')}, ${countOf(files, 'file')}: dist is up to date`,
  ].join('\n');
}
