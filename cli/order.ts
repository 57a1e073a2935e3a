import { inCluster } from '../charts/fault.ts';
import { type RenderedCluster, renderCluster } from '../charts/render/render.ts';
import { chooseClusters, loadCluster } from './load.ts';
import { type Shown, shownAs } from './output.ts';
import type { Workspace } from './synth.ts';

/** The order in which the components of a cluster are synced. */
export interface Order {
  readonly cluster: string;
  /** First those that come first. */
  readonly components: readonly Component[];
}

interface Component {
  readonly name: string;
  /** How many steps are before it. */
  readonly level: number;
  /** What it comes after, and why. */
  readonly after: readonly { readonly component: string; readonly object: string; readonly needs: string }[];
}

/** `slipway order CLUSTER`: the order in which its components are synced, with reasons; or as a Mermaid diagram. */
export async function order(
  { root, importer, repository }: Workspace,
  name: string,
  { mermaid = false, ...shown }: Shown & { readonly mermaid?: boolean } = {},
): Promise<string> {
  chooseClusters(root, [name]);
  const cluster = await loadCluster(root, name, importer);
  const found = orderOf(inCluster(name, () => renderCluster(cluster, repository)));
  return shownAs(found, mermaid ? diagram : listing, shown);
}

function orderOf({ name, order: { levels, after } }: RenderedCluster): Order {
  const components = [...levels].map(([component, level]) => ({
    name: component,
    level,
    after: [...(after.get(component) ?? [])].map(([before, { from, because }]) => ({
      component: before,
      object: from,
      needs: because,
    })),
  }));
  return { cluster: name, components: components.toSorted((a, b) => a.level - b.level || (a.name < b.name ? -1 : 1)) };
}

function listing({ cluster, components }: Order): string {
  const lines = components.flatMap(({ name, level, after }) => [
    `${String(level).padStart(3)}  ${name}`,
    ...after.map(({ component, object, needs }) => `       after ${component}: ${object} needs ${needs}`),
  ]);
  return [`${cluster}: level, component, reasons`, ...lines].join('\n');
}

function diagram({ components }: Order): string {
  const before = new Map(components.map(({ name, after }) => [name, after.map(({ component }) => component)]));
  const edges = components.flatMap(({ name }) => direct(name, before).map((other) => `  ${other} --> ${name}`));
  const alone = components.filter(({ name }) => !edges.some((edge) => edge.split(' ').includes(name)));
  return ['flowchart LR', ...edges, ...alone.map(({ name }) => `  ${name}`)].join('\n');
}

/** Transitive reduction: without the predecessors that another predecessor comes after anyway. */
function direct(component: string, before: ReadonlyMap<string, readonly string[]>): string[] {
  const own = before.get(component) ?? [];
  const reaches = (from: string, to: string): boolean =>
    (before.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return own.filter((one) => one !== component && !own.some((other) => other !== one && reaches(other, one)));
}
