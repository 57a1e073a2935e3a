import { createHash } from 'node:crypto';

/** What DNS and the clouds permit in a label. */
const LONGEST = 63;

/**
 * A name that others in the world must not have, who may well have a cluster of the same name: a fork of this repository
 * does. The same for the same cluster, whenever it is rendered.
 *
 * @param cluster name of the cluster
 * @param unique what no other cluster has
 */
export function globalName(cluster: string, unique: string): string {
  const hash = createHash('sha256').update(unique).digest('hex').slice(0, 8);
  const label = cluster.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  // It has to begin with a letter.
  const begin = /^[a-z]/.test(label) ? label : `c${label}`;
  return `${begin.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
