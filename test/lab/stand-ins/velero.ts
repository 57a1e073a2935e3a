import { at, textAt } from '../../../charts/lib/manifest.ts';
import { type Cluster, runs, type StandIn } from './stand-in.ts';

/** Stands in for Velero's server: marks storage locations available and schedules enabled. Nothing is backed up. */
export class VeleroStandIn implements StandIn {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  async reconcile(): Promise<void> {
    const { api, mirror } = this.cluster;
    if (!runs(mirror, 'velero/velero:')) return;
    for (const location of mirror.all('storageLocations')) {
      const credential = at(location, 'spec', 'credential');
      const secret = mirror.one('secrets', location.metadata.namespace, textAt(credential, 'name') ?? '');
      const usable = credential === undefined || at(secret, 'data', textAt(credential, 'key') ?? '') !== undefined;
      if (!usable || textAt(location, 'status', 'phase') === 'Available') continue;
      // This kind has no status subresource: Velero writes the object.
      await api.merge(mirror.path('storageLocations', location), {
        status: { phase: 'Available', lastValidationTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z') },
      });
    }
    for (const schedule of mirror.all('schedules')) {
      if (textAt(schedule, 'status', 'phase') !== 'Enabled')
        await api.merge(mirror.path('schedules', schedule), { status: { phase: 'Enabled' } });
    }
  }
}
