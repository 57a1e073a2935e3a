import { describe, expect, it } from 'vitest';
import { createCloud } from '../../charts/cloud/clouds.ts';
import { aksFacts } from '../../charts/cloud/aks.ts';
import { globalName } from '../../charts/cloud/global-name.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';
import { read, type Resource } from './terraform.ts';

const modules = await read('modules');
const roots = await read('roots');
const fleet = await renderTestFleet();

/**
 * Arguments of resources whose values are unique in the world, or in a region over all its users. Every fork of this
 * repository has clusters of the same names, so each must begin with what a fork changes: its organization.
 */
const GLOBAL: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'bucket',
  azurerm_container_registry: 'name',
  azurerm_key_vault: 'name',
  azurerm_storage_account: 'name',
};

/** What looks like one and is none: the cloud itself makes it unique. */
const MADE_UNIQUE: Readonly<Record<string, string>> = {
  'azurerm_kubernetes_cluster.dns_prefix': 'Azure appends a hash to it',
};

/** Annotations by which a cloud gives an object a name that is unique over all its users. */
const GLOBAL_ANNOTATIONS = ['service.beta.kubernetes.io/azure-dns-label-name'];

const named = modules.flatMap(({ name: module, resources }) =>
  resources
    .filter(({ mode, type }) => mode === 'resource' && type in GLOBAL)
    .map((resource) => ({ module, resource, value: JSON.stringify(valueOf(resource)) })),
);

describe('names that are unique in the world', () => {
  it('are those of these resources, and of no others', () => {
    expect([...new Set(named.map(({ resource: { type } }) => type))].toSorted()).toEqual(
      Object.keys(GLOBAL).toSorted(),
    );
    const suspicious = modules.flatMap(({ resources }) =>
      resources.flatMap(({ mode, type, block }) =>
        mode === 'resource'
          ? Object.keys(block)
              .filter((key) => /(^|_)(bucket|dns_prefix|domain_name_label|custom_subdomain_name|fqdn)$/.test(key))
              .map((key) => `${type}.${key}`)
          : [],
      ),
    );
    const known = new Set([
      ...Object.entries(GLOBAL).map(([type, key]) => `${type}.${key}`),
      ...Object.keys(MADE_UNIQUE),
    ]);
    // Other resources of a bucket refer to it.
    expect([...new Set(suspicious)].filter((one) => !known.has(one) && !one.startsWith('aws_s3_bucket_'))).toEqual([]);
  });

  it.each(named)('$module: $resource.type is made of an input alone', ({ value }) => {
    expect(value).toMatch(/(var\.(name|bucket|storage_account_name)|each\.value\.bucket)\b/);
  });

  it('get that input from the settings, where the organization begins it, or from the location of the state', () => {
    const owners = new Set(named.map(({ module }) => module));
    const passed = [...modules, ...roots].flatMap(({ calls }) =>
      [...calls.values()].flatMap((call) => {
        const module = String(call['source']).replace(/^.*\//, '');
        const input = ['bucket', 'storage_account_name', 'name'].find((name) => name in call);
        return owners.has(module) && input ? [`${module}: ${String(call[input])}`] : [];
      }),
    );
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.filter((one) => !/module\.settings\.name|local\.state\.|var\.name/.test(one))).toEqual([]);
    expect(modules.find(({ name }) => name === 'settings')?.text).toMatch(
      /value\s+= join\("-", compact\(\[local\.organization, var\.cluster\]\)\)/,
    );
  });
});

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

function valueOf({ type, block }: Resource): unknown {
  return block[GLOBAL[type] ?? ''];
}
