import type { TestProject } from 'vitest/node';
import { cachedImage, type Image, SERVICES } from './build.ts';
import { within } from './container.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** By service: its image. */
    readonly images: Readonly<Record<string, Image>>;
  }
}

/** Builds every image, or finds it unchanged, where its user can read it. */
export default function setup(project: TestProject): () => Promise<void> {
  const placed = SERVICES.map((service) => ({ service, image: cachedImage(service) })).map(({ service, image }) => ({
    service,
    image,
    ...within(image),
  }));
  project.provide(
    'images',
    Object.fromEntries(placed.map(({ service, image, folder }) => [service, { ...image, folder }])),
  );
  return async () => {
    for (const place of placed) await place.remove();
  };
}
