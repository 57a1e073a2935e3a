import { describe, expect, it } from 'vitest';
import { renderTestFleet } from '../../test/lib/fleet.ts';
import { loadTestFleet } from '../../test/lib/load-fleet.ts';
import { aksFacts } from './aks.ts';
import { createCloud } from './clouds.ts';
import { globalName } from './global-name.ts';

const fleet = await renderTestFleet();

/** Annotations by which a cloud gives an object a name that is unique over all its users. */
const GLOBAL_ANNOTATIONS = ['service.beta.kubernetes.io/azure-dns-label-name'];

describe('names that a load balancer asks for', () => {
  const labels = fleet.flatMap(({ name, objects }) =>
    objects.flatMap(({ manifest }) =>
      GLOBAL_ANNOTATIONS.flatMap((key) => {
        const value = manifest.metadata.annotations?.[key];
        return value === undefined ? [] : [{ name, value }];
      }),
    ),
  );

  it('are valid, and not what every fork would choose', () => {
    expect(labels.length).toBeGreaterThan(0);
    for (const { name, value } of labels) {
      expect(value).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      expect(value).not.toBe(name);
    }
  });

  it('are the same for the same cluster, and differ between forks that have a cluster of one name', async () => {
    const facts = aksFacts.parse((await loadTestFleet()).find(({ name }) => name === 'test-aks')?.facts);
    const label = (key_vault_url: string): string | undefined =>
      createCloud('aks', { name: 'staging-aks', domain: 'example.com' }, { ...facts, key_vault_url }).loadBalancer
        .annotations?.[GLOBAL_ANNOTATIONS[0]!];
    expect(label('https://one-staging-aks.vault.azure.net/')).toBe(label('https://one-staging-aks.vault.azure.net/'));
    expect(label('https://one-staging-aks.vault.azure.net/')).not.toBe(
      label('https://two-staging-aks.vault.azure.net/'),
    );
  });

  it.each(['a', '1st', 'Under_score', 'x'.repeat(80), 'ends-with-a-hyphen-'])(
    'are valid for a cluster named %s',
    (name) => {
      expect(globalName(name, 'one')).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
    },
  );
});
