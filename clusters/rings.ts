import { defineRings } from '../charts/rings.ts';

/** Who runs a version first, and who follows. The pins of each ring are in the folder of its name in `pins/`. */
export default defineRings({
  staging: { clusters: ['local', 'staging-aks'] },
  production: {
    clusters: ['production-aks', 'production-eks'],
    soak: '10d',
    evidence: true,
    approvers: ['@example/production-approvers'],
  },
});
