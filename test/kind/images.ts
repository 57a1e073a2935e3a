import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { podSpecOf } from '../../charts/kinds/references.ts';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import { pinFile, RING_PINS } from '../../cli/pin-files.ts';
import { readManifests } from '../lab/control-plane.ts';
import { CLUSTER, KIND_NAME } from './place.ts';
import { show } from './programs.ts';

/** An image that is built from the checkout, since nobody has published it. */
export interface ServiceImage {
  /** Folder in `apps/`. */
  readonly service: string;
  /** Name and tag that dist asks for. */
  readonly image: string;
}

/**
 * The images that the cluster's dist asks for and that a Dockerfile in `apps/` makes.
 *
 * @throws Fault if one is asked for by digest
 */
export function serviceImages(checkout: string): ServiceImage[] {
  const asked = imagesOf(join(checkout, 'dist', CLUSTER));
  const apps = join(checkout, 'apps');
  const services = readdirSync(apps).filter((name) => existsSync(join(apps, name, 'Dockerfile')));
  return services.toSorted().flatMap((service) => {
    const repositories = repositoriesOf(checkout, service);
    const images = asked.filter((image) => repositories.some((repository) => image.startsWith(`${repository}:`)));
    return images.map((image) => {
      if (!image.includes('@')) return { service, image };
      throw new Fault({
        what: 'an image by digest can only be pulled, and an image that is built here has another one',
        file: `${RING_PINS}/*/${service}.json`,
        seen: image,
        fix: `remove the digest of ${service} there and render, for as long as it runs on kind`,
      });
    });
  });
}

/** Where the image of a service is kept, as the rings pin it. */
function repositoriesOf(checkout: string, service: string): string[] {
  const rings = readdirSync(join(checkout, RING_PINS));
  return rings
    .map((ring) => join(checkout, pinFile(ring, service)))
    .filter((file) => existsSync(file))
    .flatMap((file) => textAt(JSON.parse(readFileSync(file, 'utf8')), service, 'packageName') ?? []);
}

/** Builds them with Docker and gives them to the nodes. Docker's cache makes a second time short. */
export function loadServiceImages(checkout: string): void {
  const images = serviceImages(checkout);
  if (images.length === 0) return;
  // Attestations would make an index of each image, which kind cannot load from every image store of Docker.
  for (const { service, image } of images)
    show(
      'docker',
      ['build', '--provenance=false', '--tag', image, '--file', `apps/${service}/Dockerfile`, '.'],
      {},
      checkout,
    );
  show('kind', ['load', 'docker-image', '--name', KIND_NAME, ...images.map(({ image }) => image)]);
}

/** References of all images of the workloads in a folder. */
function imagesOf(dist: string): string[] {
  const pods = readManifests(dist).flatMap((manifest) => podSpecOf(manifest)?.spec ?? []);
  const containers = pods.flatMap((spec) => [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]);
  return [...new Set(containers.flatMap((container) => textAt(container, 'image') ?? []))];
}
