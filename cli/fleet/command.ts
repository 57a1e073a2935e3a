import { screen, writeOutput } from '../output.ts';
import type { Workspace } from '../synth.ts';
import { fleetOf } from './fleet.ts';
import { flowOf } from './flow.ts';
import { html } from './html.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';

/** What is compared, and how it is shown. */
export interface FleetOptions {
  /** A commit, branch or tag. @default none: nothing of Git is read */
  readonly base?: string;
  readonly json?: boolean;
  /** Files that are written. */
  readonly markdown?: string;
  readonly html?: string;
}

/** `slipway fleet [CLUSTER…]`: what clusters run, ask for and serve; of a single one that is named, in detail. */
export async function fleet(workspace: Workspace, names: readonly string[], options: FleetOptions): Promise<string> {
  const overview = fleetOf(workspace, names, options.base);
  const flow = await flowOf(
    workspace,
    overview.clusters.map(({ name }) => name),
  );
  const found = { ...overview, ...(flow && { flow }) };
  if (options.markdown !== undefined) writeOutput(options.markdown, markdown(found), 'the overview');
  if (options.html !== undefined) writeOutput(options.html, html(found), 'the overview');
  if (options.json) return JSON.stringify(found, null, 2);
  return terminal(found, names.length === 1, screen());
}
