import { describe, expect, it } from 'vitest';
import { type Cluster, type ClusterSettings, sections } from '../../charts/cluster-file.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const clusters = await loadTestFleet();

/** Settings that record which of their sections are read; having one does not read it. */
function recorded(settings: ClusterSettings, read: Set<string>): ClusterSettings {
  return new Proxy(settings, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string') read.add(key);
      return Reflect.get(target, key, receiver);
    },
    ownKeys() {
      throw new Error('all sections are read at once: name the one that is needed');
    },
  });
}

/** The sections that rendering these clusters reads. */
function sectionsRead(fleet: readonly Cluster[]): Set<string> {
  // The loader reads this one, to choose the schema of the facts and to make the cloud of them.
  const read = new Set<string>(['cloud']);
  for (const cluster of fleet) renderCluster({ ...cluster, settings: recorded(cluster.settings, read) }, repository);
  return read;
}

describe('rendering', () => {
  const read = sectionsRead(clusters);

  it.each(Object.keys(sections.shape))('reads the section %s of a cluster file', (section) => {
    expect(read).toContain(section);
  });

  it('would not have read a section that nothing knows', () => {
    const [cluster] = clusters as [Cluster];
    const more = { ...cluster, settings: Object.assign({ forgotten: {} }, cluster.settings) };
    expect(sectionsRead([more])).not.toContain('forgotten');
  });
});
