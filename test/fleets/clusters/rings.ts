import { defineRings } from '../../../charts/rings.ts';

export default defineRings({
  first: { clusters: ['test-kind', 'test-generic', 'test-metal'] },
  second: { clusters: ['test-aks', 'test-eks'] },
});
