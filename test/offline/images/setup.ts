import type { TestProject } from 'vitest/node';
import { cachedImage, type Image, SERVICES } from './build.ts';
import { within } from './container.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Images by service. */
    readonly images: Readonly<Record<string, Image>>;
  }
}

/** Builds every image that has changed, and provides all in folders that their users can read. */
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
