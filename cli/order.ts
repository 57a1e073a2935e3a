import { inCluster } from '../charts/fault.ts';
import { type RenderedCluster, renderCluster } from '../charts/render/render.ts';
import { chooseClusters, loadCluster } from './load.ts';
import type { Workspace } from './synth.ts';

/** `slipway order CLUSTER`: the order in which its components are synced, with reasons; or as a Mermaid diagram. */
export async function order(
  { root, importer, repository }: Workspace,
  name: string,
  { mermaid }: { readonly mermaid: boolean },
): Promise<string> {
  chooseClusters(root, [name]);
  const cluster = await loadCluster(root, name, importer);
  const rendered = inCluster(name, () => renderCluster(cluster, repository));
  return mermaid ? diagram(rendered) : listing(rendered);
}

function listing({ name, order: { levels, after } }: RenderedCluster): string {
  const components = [...levels.keys()].sort((a, b) => (levels.get(a) ?? 0) - (levels.get(b) ?? 0) || (a < b ? -1 : 1));
  const lines = components.flatMap((component) => [
    `${String(levels.get(component)).padStart(3)}  ${component}`,
    ...[...(after.get(component) ?? [])].map(
      ([before, { from, because }]) => `       after ${before}: ${from} needs ${because}`,
    ),
  ]);
  return [`${name}: level, component, reasons`, ...lines].join('\n');
}

function diagram({ order: { levels, after } }: RenderedCluster): string {
  const edges = [...after].flatMap(([component, before]) =>
    direct(component, [...before.keys()], after).map((other) => `  ${other} --> ${component}`),
  );
  const alone = [...levels.keys()].filter((name) => !edges.some((edge) => edge.split(' ').includes(name)));
  return ['flowchart LR', ...edges, ...alone.map((name) => `  ${name}`)].join('\n');
}

/** Transitive reduction: without the predecessors that another predecessor comes after anyway. */
function direct(
  component: string,
  before: readonly string[],
  after: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): string[] {
  const reaches = (from: string, to: string): boolean =>
    [...(after.get(from)?.keys() ?? [])].some((next) => next === to || reaches(next, to));
  return before.filter((one) => one !== component && !before.some((other) => other !== one && reaches(other, one)));
}
