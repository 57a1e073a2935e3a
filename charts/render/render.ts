import { Applications, type Repository } from '../applications.ts';
import type { Cluster } from '../cluster-file.ts';
import { compose } from '../cluster.ts';
import type { Component } from '../component.ts';
import { heldParts } from '../holds.ts';
import { preinstalledOn } from '../cloud/cloud.ts';
import type { Manifest } from '../lib/manifest.ts';
import { deriveOrder, type Order, type Part } from '../order/order.ts';
import { filesOf, type ManifestFile, yamlOf } from './files.ts';
import { located } from './located.ts';
import { manifestsOf } from './manifests.ts';
import { type AppliedOverride, Overrides } from './overrides.ts';
import { rolling } from './rolling.ts';
import { checkSchedules } from './schedules.ts';
import { checkDeclared, checkWriters } from './store-entries.ts';
import { TERRAFORM_INPUT, terraformInput } from './terraform-input.ts';
import { checkWaivers } from '../waivers.ts';
import { besidesClaims, withClaims } from './claims.ts';
import { checkBackups, checkSizes, immutableChanges } from './volumes.ts';

/** A cluster, rendered in memory. */
export interface RenderedCluster {
  readonly name: string;
  /** Texts by path below the cluster's folder: the objects as YAML, and what Terraform reads. */
  readonly files: ReadonlyMap<string, string>;
  /** The objects. */
  readonly objects: readonly ManifestFile[];
  /** The order of the components. */
  readonly order: Order;
  /** What its overrides have changed, in the order of its file. */
  readonly overrides: readonly AppliedOverride[];
  /** What people have to do where it runs, because the API server refuses a change of a volume. */
  readonly immutableChanges: readonly string[];
}

/**
 * Renders all manifests of a cluster.
 *
 * @param before its objects of `VOLUME_KINDS` as dist has them, which running volumes were made from
 * @throws Fault if a need is unmet, two objects collide, an override cannot be applied, a volume is in no
 *   backup or cannot get its size, a schedule never fires, or an entry of the secret store has two writers
 */
export function renderCluster(
  cluster: Cluster,
  repository: Repository,
  before: readonly Manifest[] = [],
): RenderedCluster {
  return located(cluster, () => render(cluster, repository, before));
}

function render(cluster: Cluster, repository: Repository, before: readonly Manifest[]): RenderedCluster {
  const components = compose(cluster, repository);
  const overrides = new Overrides(cluster.settings.overrides, (i) => cluster.at(['overrides', i]));
  const held = cluster.held ? heldParts(cluster.held, components) : new Map<string, Part>();
  const overridden = partsOf(components, overrides, held);
  checkBackups(overridden.flatMap((part) => (held.has(part.name) ? besidesClaims(part) : part.manifests)));
  const parts = rolling(overridden).map((part) => held.get(part.name) ?? withClaims(part));
  const preinstalled = preinstalledOn(cluster);
  const manifests = parts.flatMap((part) => part.manifests);
  checkWriters(manifests);
  checkDeclared(cluster, manifests);
  const order = deriveOrder(parts, preinstalled);
  checkSchedules(parts, cluster.settings);
  checkWaivers(
    cluster.settings.waivers,
    parts.filter(({ name }) => name in cluster.settings.manifests).flatMap((part) => part.manifests),
  );

  const rendered = components.map((component, i) => ({ component, manifests: (parts[i] as Part).manifests }));
  const applications = new Applications({ cluster: cluster.name, repository, rendered, order });
  const own = overrides.applyTo([partOf(applications)]);
  const all = [...parts, ...own];
  // Waves of the Applications: AppProjects first, then level by level, by their explicit dependencies.
  const { waves } = deriveOrder(own, preinstalled);

  const objects = filesOf(all);
  checkSizes(cluster, objects, before);
  const wave = (manifest: Manifest): number | undefined => order.waves.get(manifest) ?? waves.get(manifest);
  return {
    name: cluster.name,
    files: new Map([
      [TERRAFORM_INPUT, terraformInput(cluster)],
      ...objects
        .filter(({ component }) => !held.has(component))
        .map(({ path, manifest }) => [path, yamlOf(manifest, wave(manifest))] as const),
      ...[...(cluster.held?.byComponent.values() ?? [])].flatMap(({ files }) => [...files]),
    ]),
    objects,
    order,
    overrides: overrides.report(),
    immutableChanges: immutableChanges(manifests, before),
  };
}

/** The objects of components, overridden or held: last of those that derive theirs from the others. */
function partsOf(components: readonly Component[], overrides: Overrides, held: ReadonlyMap<string, Part>): Part[] {
  const made = (some: readonly Component[]): Part[] =>
    overrides.applyTo(some.map(partOf)).map((part) => held.get(part.name) ?? part);
  const deriving = components.filter(derives);
  const parts = made(components.filter((component) => !derives(component)));
  const manifests = parts.flatMap((part) => part.manifests);
  for (const component of deriving) component.derive?.(manifests);
  parts.push(...made(deriving));
  return components.map(({ name }) => parts.find((part) => part.name === name) as Part);
}

function derives(component: Component): boolean {
  return typeof component.derive === 'function';
}

function partOf(component: Component): Part {
  return { name: component.name, ...manifestsOf(component), provides: component.upstream?.provides };
}
