import { type Image, imageOf } from '../../lib/images.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { sourcesOf } from '../../plan/rules/sources.ts';
import type { ComponentOverview, ImageVersion } from './model.ts';
import type { Workload } from './workloads.ts';

/** Annotation of a pod by which kubectl finds its main container. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** Every image of some workloads, sorted, each version once. */
export function imagesOf(workloads: readonly Workload[]): ImageVersion[] {
  const images = workloads
    .flatMap(({ spec }) => [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')])
    .flatMap((container) => versionIn(container) ?? []);
  const unique = new Map(images.map((image) => [[image.name, image.tag, image.digest].join(' '), image]));
  return [...unique].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, image]) => image);
}

function versionIn(container: unknown): ImageVersion | undefined {
  const text = textAt(container, 'image');
  return text === undefined ? undefined : versionOf(imageOf(text));
}

function versionOf({ registry, repository, tag, digest }: Image): ImageVersion {
  return { name: `${registry}/${repository}`, ...(tag && { tag }), ...(digest && { digest }) };
}

/**
 * The name of the image that a component is known by: that of all its main containers, or that of the workload or the
 * image with the component's own name. Jobs count only if there is nothing else.
 */
export function mainImage(component: string, workloads: readonly Workload[]): string | undefined {
  const lasting = workloads.filter(({ life }) => life !== 'jobs');
  const candidates = (lasting.length > 0 ? lasting : workloads).flatMap((workload) => {
    const image = versionIn(mainContainer(workload));
    return image ? [{ workload: workload.manifest.metadata.name, image: image.name }] : [];
  });
  const [first, ...others] = new Set(candidates.map(({ image }) => image));
  if (others.length === 0) return first;
  const own =
    candidates.find(({ workload }) => workload === component) ??
    candidates.find(({ image }) => image.endsWith(`/${component}`));
  return own?.image;
}

function mainContainer({ manifest, spec }: Workload): unknown {
  const containers = listAt(spec, 'containers');
  const name = textAt(manifest, 'spec', 'template', 'metadata', 'annotations', DEFAULT_CONTAINER);
  return containers.find((container) => at(container, 'name') === name) ?? containers[0];
}

/** What an Application syncs from others' repositories, with the version that it says beside the commit. */
export function upstreamOf(application: Manifest, cluster: string): ComponentOverview['upstream'] {
  const info = listAt(application, 'spec', 'info').find((item) => textAt(item, 'name') === 'Version');
  const found = sourcesOf(application)
    // The folders of dist are named by their cluster.
    .filter(({ path }) => path.split('/').at(-2) !== cluster)
    .map(({ repository, revision }) => ({ repository, revision, version: textAt(info, 'value') ?? revision }));
  return [...new Map(found.map((one) => [`${one.repository} ${one.revision}`, one])).values()];
}
