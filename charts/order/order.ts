import { type Problem, suggest, throwIfAny } from '../fault.ts';
import { identityOf, label, type Manifest } from '../lib/manifest.ts';
import type { Need, Offer } from '../kinds/kind.ts';
import { findKind } from '../kinds/index.ts';
import { appliedBefore } from '../kinds/sync-order.ts';
import { needsOf } from './needs.ts';
import { emptySelections } from './selections.ts';
import { Rights } from './rights.ts';
import { offersOf, sharedOffers, watches } from './offers.ts';

/** A component as input of the order: its objects, and what it provides besides them. */
export interface Part {
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Capabilities that it provides without rendering them, such as the definitions that Argo CD fetches for it. */
  readonly provides?: readonly string[];
  /** Explicit dependencies, by cdk8s's addDependency: the object, and the one that must be healthy first. */
  readonly stated?: readonly (readonly [Manifest, Manifest])[];
}

/** Why one object or component comes after another. */
export interface Reason {
  readonly from: string;
  readonly to: string;
  readonly because: string;
  /** True if the two may share a wave, because Argo CD's order of kinds suffices. */
  readonly together?: boolean;
}

/** The sync order of a cluster, derived from its manifests. */
export interface Order {
  /** Sync wave of each object within its Application; 0 if absent. */
  readonly waves: ReadonlyMap<Manifest, number>;
  /** Level of each component, from 0: above that of every component it needs. */
  readonly levels: ReadonlyMap<string, number>;
  /** For each component, the components it comes after, with the first reason found. */
  readonly after: ReadonlyMap<string, ReadonlyMap<string, Reason>>;
}

/** Provider of an offer: an object of a component, a component as a whole, or (without `part`) preinstalled. */
interface Provider {
  readonly part: string | undefined;
  readonly manifest?: Manifest;
  readonly offer: Offer;
}

/** A dependency of one object on a provider. */
interface Edge {
  readonly part: Part;
  readonly from: Manifest;
  readonly need: Pick<Need, 'says' | 'path' | 'existing'>;
  readonly provider: Provider;
}

/**
 * Derives the order of a cluster's components, and of the objects within each, from the references in their manifests.
 *
 * @param parts the components, in any order
 * @param preinstalled what the cluster has before anything is synced: identities of objects, and capabilities
 * @throws Fault naming every unmet need and every cycle, with both ends
 */
export function deriveOrder(parts: readonly Part[], preinstalled: ReadonlySet<string>): Order {
  const all = parts.flatMap((part) => part.manifests);
  const rights = new Rights(all);
  const providers = collectProviders(parts, preinstalled, sharedOffers(all, rights));
  const problems: Problem[] = parts.flatMap((part) =>
    part.manifests.flatMap((m) => emptySelections(part.name, m, all)),
  );
  const edges = parts.flatMap((part) => edgesOf(part, rights, providers, preinstalled, problems));
  throwIfAny(problems);
  const after = componentGraph(parts, edges);
  return {
    waves: wavesOf(parts, edges),
    levels: levelsOf(
      parts.map((p) => p.name),
      after,
    ),
    after,
  };
}

function collectProviders(
  parts: readonly Part[],
  preinstalled: ReadonlySet<string>,
  shared: ReadonlyMap<Manifest, readonly Offer[]>,
): Map<string, Provider[]> {
  const providers = new Map<string, Provider[]>();
  const add = (offer: Offer, part: string | undefined, manifest?: Manifest): void => {
    const list = providers.get(offer.key) ?? [];
    list.push({ part, manifest, offer });
    providers.set(offer.key, list);
  };
  for (const key of preinstalled) add({ key, onceHealthy: false }, undefined);
  for (const part of parts) {
    for (const key of part.provides ?? []) add({ key, onceHealthy: true }, part.name);
    for (const manifest of part.manifests) for (const offer of offersOf(manifest)) add(offer, part.name, manifest);
  }
  for (const part of parts)
    for (const manifest of part.manifests)
      for (const offer of shared.get(manifest) ?? []) add(offer, part.name, manifest);
  return providers;
}

function edgesOf(
  part: Part,
  rights: Rights,
  providers: ReadonlyMap<string, readonly Provider[]>,
  preinstalled: ReadonlySet<string>,
  problems: Problem[],
): Edge[] {
  const edges: Edge[] = [];
  for (const from of part.manifests) {
    for (const need of [...needsOf(from), ...watches(from, rights)]) {
      const found = providers.get(need.wants) ?? [];
      if (found.length === 0 && need.when !== 'ifAny') problems.push(unmet(part, from, need, providers));
      const missingKey = found.find(
        ({ offer }) => need.key !== undefined && offer.keys && !offer.keys.includes(need.key),
      );
      if (missingKey) problems.push(keyMissing(part, from, need, missingKey.offer));
      if (need.when === 'eventually') continue;
      for (const provider of found) {
        if (provider.manifest !== from && provider.part !== undefined && !preinstalled.has(need.wants))
          edges.push({ part, from, need, provider });
      }
    }
  }
  for (const [from, to] of part.stated ?? []) {
    const need = { says: `${label(to)} to be healthy first`, path: 'addDependency' };
    edges.push({
      part,
      from,
      need,
      provider: { part: part.name, manifest: to, offer: { key: identityOf(to), onceHealthy: true } },
    });
  }
  return edges;
}

function unmet(part: Part, from: Manifest, need: Need, providers: ReadonlyMap<string, unknown>): Problem {
  // Candidates: identities of the same group and kind, or capabilities of the same type.
  const prefix = need.wants.slice(0, need.wants.lastIndexOf(need.wants.includes('|') ? '|' : '/') + 1);
  const name = need.wants.slice(prefix.length);
  const known = [...providers.keys()]
    .filter((key) => prefix && key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return {
    what: `${label(from)} needs ${need.says}, which nothing on this cluster provides`,
    where: `component ${part.name}, ${label(from)}, ${need.path}`,
    fix:
      need.fix ??
      (known.length > 0
        ? suggest(name, known)
        : 'add the component that provides it to this cluster, or remove the reference'),
  };
}

function keyMissing(part: Part, from: Manifest, need: Need, offer: Offer): Problem {
  return {
    what: `${label(from)} needs "${need.key}" of ${need.says}, which has no such key`,
    where: `component ${part.name}, ${label(from)}, ${need.path}`,
    seen: need.key,
    fix: suggest(need.key ?? '', offer.keys ?? []),
  };
}

function reason({ from, need, provider }: Edge): Reason {
  return {
    from: label(from),
    to: provider.manifest ? label(provider.manifest) : (provider.part ?? 'preinstalled'),
    because: need.says,
  };
}

function componentGraph(parts: readonly Part[], edges: readonly Edge[]): Map<string, Map<string, Reason>> {
  const after = new Map(parts.map((p) => [p.name, new Map<string, Reason>()]));
  for (const edge of edges) {
    const { part } = edge.provider;
    if (part === undefined || part === edge.part.name) continue;
    const known = after.get(edge.part.name);
    if (known && !known.has(part)) known.set(part, reason(edge));
  }
  return after;
}

/** Waves within each component: above that of what an object needs, or equal if the order of kinds suffices. */
function wavesOf(parts: readonly Part[], edges: readonly Edge[]): Map<Manifest, number> {
  const waits = new Map<Manifest, Map<Manifest, Reason>>();
  for (const edge of edges) {
    const { manifest: to, part, offer } = edge.provider;
    if (!to || part !== edge.part.name || to === edge.from) continue;
    // An object that need only exist may share the wave, if Argo CD applies its kind earlier.
    const together = (!offer.onceHealthy || edge.need.existing) && appliedBefore(to.kind, edge.from.kind);
    const known = waits.get(edge.from) ?? new Map<Manifest, Reason>();
    const before = known.get(to);
    if (!before || (before.together && !together)) known.set(to, { ...reason(edge), together });
    waits.set(edge.from, known);
  }
  const waves = new Map<Manifest, number>();
  for (const part of parts) {
    const levels = levelsOf(part.manifests, waits, label);
    for (const claim of part.manifests.filter((m) => findKind(m)?.volumeClaims === ''))
      levels.set(claim, waveOfClaim(claim, levels, waits));
    for (const [manifest, level] of levels) if (level > 0) waves.set(manifest, level);
  }
  return waves;
}

/**
 * The wave of the first object that uses a claim. Argo CD begins a wave once the one before is healthy, and a claim of
 * class WaitForFirstConsumer is healthy only once a pod uses it: in an earlier wave it would hold up its own user.
 */
function waveOfClaim(
  claim: Manifest,
  levels: ReadonlyMap<Manifest, number>,
  waits: ReadonlyMap<Manifest, ReadonlyMap<Manifest, Reason>>,
): number {
  const users = [...waits].filter(([, before]) => before.has(claim)).map(([user]) => levels.get(user) ?? 0);
  return users.length > 0 ? Math.min(...users) : (levels.get(claim) ?? 0);
}

/**
 * The length of the longest path from each node; an edge to a node that may share the wave has length 0.
 *
 * @throws Fault naming each step of the cycle, if there is one
 */
function levelsOf<T>(
  nodes: readonly T[],
  after: ReadonlyMap<T, ReadonlyMap<T, Reason>>,
  name: (node: T) => string = String,
): Map<T, number> {
  const levels = new Map<T, number>();
  const path: T[] = [];
  const visit = (node: T): number => {
    const known = levels.get(node);
    if (known !== undefined) return known;
    if (path.includes(node)) throwIfAny([cycle(path.slice(path.indexOf(node)), after, name)]);
    path.push(node);
    const level = [...(after.get(node) ?? [])].reduce(
      (highest, [next, { together }]) => Math.max(highest, visit(next) + (together ? 0 : 1)),
      0,
    );
    path.pop();
    levels.set(node, level);
    return level;
  };
  for (const node of nodes) visit(node);
  return levels;
}

function cycle<T>(
  nodes: readonly T[],
  after: ReadonlyMap<T, ReadonlyMap<T, Reason>>,
  name: (node: T) => string,
): Problem {
  const steps = nodes.map((node, i) => {
    const next = nodes[(i + 1) % nodes.length] as T;
    const why = after.get(node)?.get(next);
    return `${name(node)} needs ${name(next)} (${why?.from} needs ${why?.because})`;
  });
  return {
    what: `a cycle: ${nodes.map(name).join(' → ')} → ${name(nodes[0] as T)}`,
    where: steps.join('; '),
    fix: 'break one of these needs, or move one of the objects to another component',
  };
}
