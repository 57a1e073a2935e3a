import { digests } from '../digests.ts';
import { CONTAINER, type Mutation, mutations } from './mutation.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Digests of images. */
export const digestsMutations: readonly Mutation[] = mutations(digests, {
  'one image of a cluster with a digest': [
    (d) => d.set(d.find('Deployment', 'gateway'), [...CONTAINER, 'image'], `example.com/traefik:1@${DIGEST}`),
    /of StatefulSet mongo\/mongo has no digest, but other images/,
  ],
});
