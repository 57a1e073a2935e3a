import { DATA_IMAGES } from './versions/data-images.ts';
import { DEFINITIONS } from './versions/definitions.ts';
import { IMAGES } from './versions/images.ts';

/** Versions of programs and of definitions. */
export const VERSIONS = [...IMAGES, ...DATA_IMAGES, ...DEFINITIONS];
