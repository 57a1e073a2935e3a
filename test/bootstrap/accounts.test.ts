import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bucketsOf } from '../../cli/doctor/cloud/aws/buckets.ts';
import { NAMES_OF } from '../../cli/doctor/cloud/azure/names.ts';
import { namespacesOf } from '../../cli/doctor/cloud/azure/namespaces.ts';
import { rootsOf, settingsOf } from '../../cli/doctor/cloud/terraform.ts';
import { wantedOf as wantedOnAws } from '../../cli/doctor/cloud/aws/wanted.ts';
import { wantedOf as wantedOnAzure } from '../../cli/doctor/cloud/azure/wanted.ts';
import { read, repository } from './terraform.ts';

const modules = await read('modules');
const roots = await read('roots');
const clusters = await rootsOf(repository);

/** Of names of resources, how Terraform makes them. */
const expressionsOf = (type: RegExp, key: string, except: string): Map<string, unknown> =>
  new Map(
    modules
      .filter(({ name }) => name !== except)
      .flatMap(({ resources }) => resources)
      .filter((one) => one.mode === 'resource' && type.test(one.type))
      .map((one) => [`${one.type}.${one.name}`, one.block[key]]),
  );

describe('what `slipway doctor --cloud` asks accounts about', () => {
  it('is the resource provider of every resource on Azure', () => {
    const { needed, unknown } = namespacesOf([...modules, ...roots]);
    expect(unknown).toEqual([]);
    expect(needed.length).toBeGreaterThan(5);
  });

  it('are the names on Azure that Terraform makes, and no others', () => {
    const expressions = expressionsOf(
      /^azurerm_(storage_account|key_vault|container_registry)$/,
      'name',
      'remote-state-azure',
    );
    expect(Object.fromEntries(expressions)).toEqual({
      'azurerm_container_registry.cluster': '${replace(var.name, "-", "")}',
      'azurerm_key_vault.cluster': '${var.name}',
      'azurerm_storage_account.backups': '${replace(var.name, "-", "")}',
      'azurerm_storage_account.flow_logs': '${substr(replace(var.name, "-", ""), 0, 20)}flow',
    });
    const longest = 'acme-production-west-aks';
    expect(Object.fromEntries(Object.entries(NAMES_OF).map(([key, of]) => [key, of(longest).name]))).toEqual({
      'azurerm_container_registry.cluster': 'acmeproductionwestaks',
      'azurerm_key_vault.cluster': longest,
      'azurerm_storage_account.backups': 'acmeproductionwestaks',
      'azurerm_storage_account.flow_logs': 'acmeproductionwestakflow',
    });
  });

  it('are the buckets that Terraform makes, and no others', () => {
    const expressions = expressionsOf(/^aws_s3_bucket$/, 'bucket', 'remote-state-aws');
    expect(Object.fromEntries(expressions)).toEqual({ 'aws_s3_bucket.this': '${each.value.bucket}' });
    const store = modules.find(({ name }) => name === 'backup-store-aws');
    const named = [...String(store?.locals['stores']).matchAll(/bucket = ("[^"]*"|[\w.]+)/g)].map(([, one]) => one);
    expect(named).toEqual(['var.bucket', '"${var.bucket}-replica"']);
    const call = modules.find(({ name }) => name === 'cluster-aws')?.calls.get('backup_store');
    expect(call?.['bucket']).toBe('${module.settings.name}-backups');
    expect(bucketsOf('acme-live', 'us-west-2')).toEqual(['acme-live-backups', 'acme-live-backups-replica']);
    expect(bucketsOf('acme-live', undefined)).toEqual(['acme-live-backups']);
  });

  it('tells what Terraform made by the tags that all roots give', () => {
    const settings = modules.find(({ name }) => name === 'settings');
    expect(settings?.locals['tags']).toMatch(/organization = local\.organization, managed-by = "terraform"/);
  });

  it('is read in every root of a cluster, and in the settings', async () => {
    for (const root of clusters) {
      const wanted = root.cloud === 'azure' ? wantedOnAzure(root) : wantedOnAws(root, join(repository, 'dist'));
      expect(Object.values(wanted)).not.toContain(Number.NaN);
    }
    expect((await settingsOf(repository)).kubernetes_version).toMatch(/^1\.\d\d$/);
    const called = roots.filter(({ calls }) => [...calls.keys()].includes('cluster')).map(({ name }) => name);
    expect(clusters.map(({ cluster }) => cluster)).toEqual(called);
  });
});
