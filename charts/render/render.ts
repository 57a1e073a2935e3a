import { Applications, type Repository } from '../applications.ts';
import type { Cluster } from '../cluster-file.ts';
import { compose } from '../cluster.ts';
import type { Component } from '../component.ts';
import { preinstalledOn } from '../cloud/cloud.ts';
import type { Manifest } from '../lib/manifest.ts';
import { deriveOrder, type Order, type Part } from '../order/order.ts';
import { filesOf, type ManifestFile, yamlOf } from './files.ts';
import { manifestsOf } from './manifests.ts';
import { checkNamespaces } from './namespaces.ts';
import { TERRAFORM_INPUT, terraformInput } from './terraform-input.ts';
import { checkBackups } from './volumes.ts';

/** A cluster, rendered in memory. */
export interface RenderedCluster {
  readonly name: string;
  /** Texts by path below the cluster's folder: the objects as YAML, and what Terraform reads. */
  readonly files: ReadonlyMap<string, string>;
  /** The objects. */
  readonly objects: readonly ManifestFile[];
  /** The order of the components. */
  readonly order: Order;
}

/**
 * Renders all manifests of a cluster.
 *
 * @throws Fault if a need is unmet, two objects or namespaces collide, or a volume is in no backup
 */
export function renderCluster(cluster: Cluster, repository: Repository): RenderedCluster {
  const components = compose(cluster);
  const parts = components.map(partOf);
  const preinstalled = preinstalledOn(cluster.cloud);
  checkNamespaces(parts);
  const order = deriveOrder(parts, preinstalled);
  checkBackups(parts.flatMap((part) => part.manifests));

  const rendered = components.map((component, i) => ({ component, manifests: (parts[i] as Part).manifests }));
  const applications = new Applications({ cluster: cluster.name, repository, rendered, order });
  const own = partOf(applications);
  const all = [...parts, own];
  // Waves of the Applications: AppProjects first, then level by level, by their explicit dependencies.
  const { waves } = deriveOrder([own], preinstalled);

  const objects = filesOf(all);
  const wave = (manifest: Manifest): number | undefined => order.waves.get(manifest) ?? waves.get(manifest);
  return {
    name: cluster.name,
    files: new Map([
      [TERRAFORM_INPUT, terraformInput(cluster)],
      ...objects.map(({ path, manifest }) => [path, yamlOf(manifest, wave(manifest))] as const),
    ]),
    objects,
    order,
  };
}

function partOf(component: Component): Part {
  return { name: component.name, ...manifestsOf(component), provides: component.upstream?.provides };
}
