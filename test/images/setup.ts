import type { TestProject } from 'vitest/node';
import { cachedImage, type Image, SERVICES } from './build.ts';
import { unpack } from './container.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** By service: its image, unpacked. */
    readonly images: Readonly<Record<string, Image>>;
    /** Connection string of the server that database tests share; none if there is no server. */
    readonly mongodbUri: string | undefined;
  }
}

/** Builds every image, or finds it unchanged, and unpacks it for the tests. */
export default function setup(project: TestProject): () => void {
  const unpacked = SERVICES.map((service) => ({ service, image: cachedImage(service) })).map(({ service, image }) => ({ service, image, ...unpack(image) }));
  project.provide('images', Object.fromEntries(unpacked.map(({ service, image, folder }) => [service, { ...image, folder }])));
  return () => {
    for (const { remove } of unpacked) remove();
  };
}
