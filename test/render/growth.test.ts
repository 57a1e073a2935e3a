import { describe, expect, it } from 'vitest';
import { hostsOf } from '../../charts/fleet/hosts.ts';
import { listAt } from '../../charts/lib/manifest.ts';
import { INVARIANTS } from '../invariants/all.ts';
import { componentsOf, manifestsOf, ofKind } from '../lib/cluster-objects.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { GROWN, grownCluster } from '../lib/grown.ts';

const grown = await grownCluster();
const cluster = renderTestCluster(grown);

describe('a cluster that has grown', () => {
  it('has sixty services and a hundred hosts', () => {
    const { domain } = grown.settings;
    const hosts = hostsOf(manifestsOf(cluster)).filter((host) => host !== `retro.${domain}`);
    expect(componentsOf(cluster).filter((name) => name.startsWith('service-'))).toHaveLength(GROWN.services);
    expect(hosts).toHaveLength(GROWN.hosts);
    expect(hosts.filter((host) => !host.endsWith(`.${domain}`))).toHaveLength(GROWN.hostsElsewhere);
  });

  it('needs a listener for a host outside the domain or of a tenant, and none for other hosts', () => {
    const listeners = ofKind(cluster, 'Gateway').map((gateway) => listAt(gateway, 'spec', 'listeners').length);
    // Challenges and the shared listener, with the tenants' hosts below the domain; and the hosts elsewhere.
    const ofTenants = (GROWN.tenants * GROWN.hostsOfATenant) / 2;
    expect(listeners).toEqual([2 + ofTenants, GROWN.hostsElsewhere]);
  });

  it.each(INVARIANTS.map((invariant) => [invariant.name, invariant] as const))('%s', (_, { check }) => {
    expect(check(cluster)).toEqual([]);
  });
});
