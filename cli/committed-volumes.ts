import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import type { Manifest } from '../charts/lib/manifest.ts';
import { VOLUME_KINDS } from '../charts/render/volumes.ts';
import { filesBelow } from './dist.ts';

/** The objects of dist that decide about the volumes of a cluster, as they were rendered last; none if it has no dist. */
export function committedVolumes(dist: string, cluster: string): Manifest[] {
  return filesBelow(dist, cluster)
    .filter((path) => VOLUME_KINDS.some((kind) => basename(path).startsWith(`${kind}.`)))
    .map((path) => load(readFileSync(join(dist, path), 'utf8')) as Manifest);
}
