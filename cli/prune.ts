import { join } from 'node:path';
import type { Cluster } from '../charts/cluster-file.ts';
import { unusedPins } from './fleet.ts';
import { removePins } from './pin-changes.ts';
import { choose, countOf, renderClusters, type Workspace } from './synth.ts';

/**
 * Removes the pins that no cluster of their ring uses, and files without any.
 *
 * @returns a line for each file; none if all pins are used
 * @throws Fault if a cluster does not render
 */
export async function prunePins(workspace: Workspace): Promise<string[]> {
  const chosen = await choose(workspace);
  const rendered: { readonly cluster: Cluster }[] = [];
  for await (const one of renderClusters(workspace, chosen)) if ('cluster' in one) rendered.push(one);
  const { versions } = chosen;
  return versions.rings.flatMap((ring) =>
    [...unusedPins(versions, ring, rendered)].flatMap(([file, pins]) => {
      if (pins.length === 0) return [];
      removePins(join(workspace.root, file), pins);
      return [`${file}: removed ${countOf(pins.length, 'unused pin')}: ${pins.join(', ')}`];
    }),
  );
}
