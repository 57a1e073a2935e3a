import { join } from 'node:path';
import { cacheFolder, type Kit } from '../build.ts';
import { images } from './images.ts';
import { ImageStore } from './store.ts';

/** What images are made of, and who hears of it. */
interface Making {
  readonly kit: Kit;
  /** The checkout: its built services. */
  readonly checkout: string;
  readonly say: (line: string) => void;
  /** Ends it before the next image. */
  readonly signal: AbortSignal;
}

/** The store of a lab's images, in the cache of all labs. */
export function imageStore({ kit, checkout, say }: Omit<Making, 'signal'>): ImageStore {
  return new ImageStore({ kit, checkout, downloads: join(cacheFolder(), 'downloads') }, say);
}

/** Makes every image that the lab can be asked for, as far as it is not there. */
export async function makeImages({ signal, ...making }: Making): Promise<void> {
  const store = imageStore(making);
  for (const image of images(making.checkout)) {
    signal.throwIfAborted();
    await store.build(image);
  }
}
