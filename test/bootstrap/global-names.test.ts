import { describe, expect, it } from 'vitest';
import { read, type Resource } from './terraform.ts';

const modules = await read('modules');
const roots = await read('roots');

/**
 * Arguments of resources whose values are unique in the world, or in a region over all its users. Every fork of this
 * repository has clusters of the same names, so each must begin with what a fork changes: its organization.
 */
const GLOBAL: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'bucket',
  azurerm_container_registry: 'name',
  azurerm_key_vault: 'name',
  azurerm_postgresql_flexible_server: 'name',
  azurerm_storage_account: 'name',
};

/** What looks like one and is none: the cloud itself makes it unique. */
const MADE_UNIQUE: Readonly<Record<string, string>> = {
  'azurerm_kubernetes_cluster.dns_prefix': 'Azure appends a hash to it',
};

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

function valueOf({ type, block }: Resource): unknown {
  return block[GLOBAL[type] ?? ''];
}
