import { waiversOf } from '../charts/waivers.ts';
import { chooseClusters, loadPlanned } from './load.ts';
import { type Shown, shownAs } from './output.ts';
import type { Workspace } from './synth.ts';
import { Versions } from './versions.ts';

/** The invariants that objects of `manifests` need not meet. */
export interface Waivers {
  readonly waivers: readonly (ReturnType<typeof waiversOf>[number] & { readonly cluster: string })[];
}

/** `slipway waivers [CLUSTER…]`: the invariants that objects of `manifests` need not meet, with the reasons. */
export async function waivers(
  { root, importer }: Workspace,
  asked: readonly string[],
  shown: Shown = {},
): Promise<string> {
  const found: Waivers['waivers'][number][] = [];
  const names = chooseClusters(root, asked);
  const versions = await Versions.load(root, importer);
  for (const cluster of names) {
    const { settings } = await loadPlanned(root, cluster, importer, versions);
    found.push(...waiversOf(settings).map((waiver) => ({ cluster, ...waiver })));
  }
  return shownAs({ waivers: found }, listing, shown);
}

function listing({ waivers: all }: Waivers): string {
  const lines = all.flatMap(({ cluster, object, invariant, because }) => [
    `${cluster}: ${object}`,
    `  need not meet: ${invariant}`,
    `  because:       ${because}`,
  ]);
  return lines.join('\n') || 'no waivers';
}
