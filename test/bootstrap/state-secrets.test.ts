import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, repository } from './terraform.ts';

/**
 * Resources whose keys the provider reads into the state, with the argument that makes them open nothing. Source: the attributes that the
 * provider's documentation calls sensitive.
 */
const KEYS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  azurerm_storage_account: { shared_access_key_enabled: false, local_user_enabled: false },
  azurerm_log_analytics_workspace: { local_authentication_enabled: false },
  azurerm_kubernetes_cluster: { local_account_disabled: true },
  azurerm_container_registry: { admin_enabled: false },
};

/** Keys that a service needs; bootstrap/README.md has the reason. */
const NEEDED = ['azurerm_storage_account.flow_logs: shared_access_key_enabled'];

/** Resources, and data sources, that are a secret: whoever reads the state has it. */
const SECRETS =
  /^(random_(password|bytes)|tls_.*|.*_secret(_version)?|.*_secret_value|.*_password|.*_access_key|.*_(cluster_auth|authorization_token)|.*_certificate|.*_sas|.*_application_insights)$/;

const resources = (await Promise.all([read('modules'), read('roots')]))
  .flat()
  .flatMap(({ path, resources: all }) =>
    all.map(({ mode, type, name, block }) => ({ path, mode, type, block, where: `${type}.${name}` })),
  );

describe('states', () => {
  it('hold no key that opens anything, but for those that a service needs', () => {
    const open = resources
      .filter(({ mode }) => mode === 'resource')
      .flatMap(({ type, block, where }) =>
        Object.entries(KEYS[type] ?? {})
          .filter(([argument, closed]) => block[argument] !== closed)
          .map(([argument]) => `${where}: ${argument}`),
      );
    expect(open).toEqual(NEEDED);
  });

  it.each(NEEDED)('are said to hold %s', (needed) => {
    const [where = ''] = needed.split(':');
    expect(readFileSync(join(repository, 'bootstrap', 'README.md'), 'utf8')).toContain(`\`${where}\``);
  });

  it('hold no password of a server: each is an argument that Terraform only writes', () => {
    const kept = resources.flatMap(({ block, where }) =>
      Object.keys(block).flatMap((argument) => (argument.endsWith('password') ? [`${where}: ${argument}`] : [])),
    );
    expect(kept).toEqual([]);
  });

  it('hold no resource that is a secret', () => {
    expect(resources.filter(({ type }) => SECRETS.test(type)).map(({ path, where }) => `${path}: ${where}`)).toEqual(
      [],
    );
  });
});
