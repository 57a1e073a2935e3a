import { describe, expect, it } from 'vitest';
import { Mailer } from '../lib/mailer.ts';
import { givenBy } from '../../charts/components/external-secrets/given.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { at, type Manifest } from '../../charts/lib/manifest.ts';
import type { SecretStore } from '../../charts/lib/secrets.ts';

/** A store with declared entries. */
function storeWith(...given: string[]): SecretStore {
  const keyPrefix = 'test-';
  return {
    name: 'cluster',
    keyPrefix,
    given: givenBy({ given, keyPrefix }),
  };
}

function external(component: Mailer, name: string): Manifest {
  const found = manifestsOf(component).manifests.find((m) => m.kind === 'ExternalSecret' && m.metadata.name === name);
  if (!found) throw new Error(`no ExternalSecret ${name}`);
  return found;
}

describe('an entry that people keep in the store', () => {
  it('is read by its full name, with any key', () => {
    expect(at(external(new Mailer(storeWith('smtp', 'registry')), 'account'), 'spec', 'data')).toEqual([
      { secretKey: 'password', remoteRef: { key: 'test-smtp', property: 'password' } },
      { secretKey: 'username', remoteRef: { key: 'test-smtp', property: 'username' } },
    ]);
  });

  it('is never written: there is no generator and no PushSecret', () => {
    const kinds = manifestsOf(new Mailer(storeWith('smtp', 'registry'))).manifests.map(({ kind }) => kind);
    expect(kinds).toEqual(['Namespace', 'NetworkPolicy', 'ExternalSecret', 'ExternalSecret']);
  });

  it.each([
    ['misspelt', ['smpt', 'registry'], ', or did you mean "smpt"?'],
    ['unlike any declared one', ['registry'], ', or use one of: registry'],
    ['the first', [], ''],
  ])('must be declared: one that is %s', (_, given, alternative) => {
    expect(() => new Mailer(storeWith(...given))).toThrow(
      `component mailer reads the secret "smtp" of the store, which the cluster does not declare
  at:   component mailer
  seen: smtp
  fix:  declare "smtp" in "secrets" of the cluster file${alternative}`,
    );
  });

  it('must be declared, whoever reads it', () => {
    expect(() => storeWith().given('oidc')).toThrow(
      `a component reads the secret "oidc" of the store, which the cluster does not declare
  seen: oidc
  fix:  declare "oidc" in "secrets" of the cluster file`,
    );
  });
});

describe('pullSecret', () => {
  it("makes a Secret of Docker's type from the key config", () => {
    const component = new Mailer(storeWith('smtp', 'registry'));
    expect(component.secrets).toEqual(['account', 'registry-pull']);
    const secret = external(component, 'registry-pull');
    expect(at(secret, 'spec', 'target', 'template')).toEqual({
      engineVersion: 'v2',
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': '{{ .config }}' },
    });
    expect(at(secret, 'spec', 'data')).toEqual([
      { secretKey: 'config', remoteRef: { key: 'test-registry', property: 'config' } },
    ]);
  });

  it('leaves the type of other Secrets to Kubernetes', () => {
    const secret = external(new Mailer(storeWith('smtp', 'registry')), 'account');
    expect(at(secret, 'spec', 'target', 'template')).not.toHaveProperty('type');
  });
});
