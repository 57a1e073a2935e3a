import { type Entry, type Plan, planSchema } from '../../charts/plan/model.ts';
import example from './page-example.json' with { type: 'json' };

/** A plan with an entry of every verdict and each severity, as a pull request may have it. */
export const EXAMPLE: Plan = planSchema.parse(example);

/** No change at all. */
export const NOTHING: Plan = {
  ...EXAMPLE,
  head: 'working tree',
  entries: [],
  unneeded: [],
  noise: { objects: 0, fields: 0 },
};

/** The example with other entries. */
export function planOf(...entries: readonly Partial<Entry>[]): Plan {
  const [first] = EXAMPLE.entries;
  return { ...EXAMPLE, entries: entries.map((entry) => ({ ...first!, ...entry })) };
}

/** A plan of 100 clusters with as many entries as asked for: those of the example, again and again. */
export function largeExample(entries: number): Plan {
  const clusters = Array.from({ length: 100 }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);
  const one = (i: number): Entry => {
    const entry = EXAMPLE.entries[i % EXAMPLE.entries.length]!;
    return {
      ...entry,
      object: `${entry.object}-${i}`,
      application: `${entry.application}-${Math.floor(i / 50)}`,
      wave: [Math.floor((i / entries) * 10), entry.wave[1]],
      clusters: entry.clusters.length === 1 ? [clusters[i % 100]!] : clusters.slice(0, 1 + (i % 100)),
    };
  };
  return { ...EXAMPLE, clusters, entries: Array.from({ length: entries }, (_, i) => one(i)) };
}
