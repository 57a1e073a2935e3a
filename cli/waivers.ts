import { waiversOf } from '../charts/waivers.ts';
import { chooseClusters, loadPlanned } from './load.ts';
import type { Workspace } from './synth.ts';
import { Versions } from './versions.ts';

/** `slipway waivers [CLUSTER…]`: the invariants that objects of `manifests` need not meet, with the reasons. */
export async function waivers({ root, importer }: Workspace, asked: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const names = chooseClusters(root, asked);
  const versions = await Versions.load(root, importer);
  for (const name of names) {
    const { settings } = await loadPlanned(root, name, importer, versions);
    for (const { object, invariant, because } of waiversOf(settings))
      lines.push(`${name}: ${object}`, `  need not meet: ${invariant}`, `  because:       ${because}`);
  }
  return lines.length > 0 ? lines.join('\n') : 'no waivers';
}
