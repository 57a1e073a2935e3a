import { waiversOf } from '../charts/waivers.ts';
import { chooseClusters, loadPlanned } from './load.ts';
import type { Workspace } from './synth.ts';

/** `slipway waivers [CLUSTER…]`: the invariants that objects of `manifests` need not meet, with the reasons. */
export async function waivers({ root, importer }: Workspace, asked: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const name of chooseClusters(root, asked)) {
    const { settings } = await loadPlanned(root, name, importer);
    for (const { object, invariant, because } of waiversOf(settings))
      lines.push(`${name}: ${object}`, `  need not meet: ${invariant}`, `  because:       ${because}`);
  }
  return lines.length > 0 ? lines.join('\n') : 'no waivers';
}
