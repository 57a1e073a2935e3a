import { expect, it } from 'vitest';
import { clusterSchema } from '../../cluster-file.ts';
import { at, listAt } from '../../lib/manifest.ts';
import { INVARIANTS } from '../../../test/invariants/all.ts';
import { named } from '../../../test/lib/cluster-objects.ts';
import { renderTestCluster } from '../../../test/lib/fleet.ts';
import { loadTestFleet } from '../../../test/lib/load-fleet.ts';

const model = (await loadTestFleet()).find(({ settings }) => settings.postfacto && settings.cloud === 'aks')!;
const only = model.settings.postfacto!['postfacto']!;
const everySetting = {
  ...only,
  google: {
    clientId: '000000000000-example.apps.googleusercontent.com',
    hostedDomain: 'example.com',
    authEndpoint: 'https://idp.example.com:8443/userinfo',
  },
  enableAnalytics: true,
  clientOrigin: 'https://tools.example.com',
  websocketPort: 8443,
  maxThreads: 8,
  stickyMinutes: 60,
  next: { ...only.next!, host: 'sales-preview.example.org' },
};
const longest = 'x'.repeat(40 - 'postfacto-'.length);

const cluster = renderTestCluster({
  ...model,
  settings: clusterSchema.parse({
    ...model.settings,
    postfacto: { postfacto: only, sales: everySetting, [longest]: only },
  }),
});

it('each Postfacto has a host, a database and a broker of its own', () => {
  const hosts = ['postfacto', 'postfacto-sales'].map((name) =>
    listAt(named(cluster, 'HTTPRoute', name, name), 'spec', 'hostnames'),
  );
  expect(hosts).toEqual([['retro.aks.example.net'], ['postfacto-sales.aks.example.net']]);
  expect(
    at(named(cluster, 'ExternalSecret', 'postfacto-sales', 'postfacto-sales'), 'spec', 'target', 'template', 'data'),
  ).toMatchObject({
    DATABASE_URL: expect.stringContaining(
      '@postfacto-sales-postgres.postfacto-sales.svc.cluster.local:5432/',
    ) as string,
    REDIS_URL: expect.stringContaining('@postfacto-sales-valkey:6379') as string,
  });
});

it('a next version has a host beside that of its Postfacto, or the one of its settings', () => {
  const hosts = ['postfacto', 'postfacto-sales'].map((name) =>
    listAt(named(cluster, 'HTTPRoute', name, `${name}-next`), 'spec', 'hostnames'),
  );
  expect(hosts).toEqual([['retro-next.aks.example.net'], ['sales-preview.example.org']]);
});

it('several of them, one with the longest name and one with all settings, violate no invariant', () => {
  expect(INVARIANTS.flatMap(({ check }) => check(cluster))).toEqual([]);
});
