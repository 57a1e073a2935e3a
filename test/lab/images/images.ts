import { CLUSTER_IMAGES } from './cluster.ts';
import type { Image } from './image.ts';

/** All images that the lab makes. */
export function images(_checkout: string): Image[] {
  return [...CLUSTER_IMAGES];
}
