import { applicationMutations } from './applications.ts';
import type { Mutation } from './mutation.ts';
import { networkMutations } from './network.ts';
import { objectMutations } from './objects.ts';
import { podMutations } from './pods.ts';
import { relationMutations } from './relations.ts';
import { syncMutations } from './sync.ts';
import { workloadMutations } from './workloads.ts';

/** Every mutation of every invariant. */
export const MUTATIONS: readonly Mutation[] = [
  ...objectMutations,
  ...workloadMutations,
  ...podMutations,
  ...relationMutations,
  ...networkMutations,
  ...syncMutations,
  ...applicationMutations,
];
