import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../charts/cluster-file.ts';
import { ExternalSecrets } from '../../charts/components/external-secrets/external-secrets.ts';
import { externalSecretsSettings } from '../../charts/components/external-secrets/settings.ts';
import type { SecretStore } from '../../charts/lib/secrets.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { listing, secrets, secretsOf } from '../../cli/secrets.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';
import { Mailer } from '../lib/mailer.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';
import { FleetFolder, IN_CLOUD, LAPTOP } from './fleet-folder.ts';
import { newestUpstream } from '../lib/upstream.ts';

const fleet = await loadTestFleet();

/** A cluster of the test fleet with declared entries. */
function declaring(name: string, ...declared: string[]): Cluster {
  const cluster = fleet.find((one) => one.name === name);
  if (!cluster) throw new Error(`no cluster ${name}`);
  return { ...cluster, settings: { ...cluster.settings, secrets: [...cluster.settings.secrets, ...declared] } };
}

function storeOf({ cloud, settings }: Cluster): SecretStore {
  return new ExternalSecrets({
    ...externalSecretsSettings.parse({}),
    image: 'external-secrets:1',
    upstream: newestUpstream('external-secrets'),
    provider: cloud.secretStore,
    keyPrefix: cloud.secretPrefix,
    given: settings.secrets,
    identity: { openings: [] },
  }).store;
}

/** What the command prints about a cluster that also runs the component Mailer. */
function withMailer(name: string): string {
  const cluster = declaring(name, 'smtp', 'registry', 'oidc');
  const rendered = renderCluster(cluster, repository).objects.map(({ manifest }) => manifest);
  return listing(secretsOf(cluster, [...rendered, ...manifestsOf(new Mailer(storeOf(cluster))).manifests]));
}

/** The text between two lines. */
function section(text: string, from: string, to: string): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`no section from "${from}" to "${to}" in:\n${text}`);
  return text.slice(start, end).trimEnd();
}

describe('what people put into the store', () => {
  it('on AKS is a file and a command for Key Vault, which serves for changes too', () => {
    const text = withMailer('test-aks');
    expect(text).toMatch(/^test-aks: its secret store is the Key Vault \S+\n/);
    const vault = /Key Vault (\S+)/.exec(text)?.[1];
    expect(section(text, '  smtp:', '  registry:')).toBe(`  smtp: its name there is test-aks-smtp
    ExternalSecret mailer/account reads password, username
    write smtp.json:
      {
        "password": "…",
        "username": "…"
      }
    then, also to change it later:
      az keyvault secret set --vault-name ${vault} --name test-aks-smtp --file smtp.json --encoding utf-8`);
    expect(text).toMatch(
      /To see one .*: az keyvault secret show --vault-name \S+ --name NAME --query value --output tsv$/,
    );
  });

  it('on EKS is a file and two commands for Secrets Manager', () => {
    const text = withMailer('test-eks');
    expect(text).toMatch(/^test-eks: its secret store is Secrets Manager in eu-north-1\n/);
    expect(section(text, '    ExternalSecret mailer/registry-pull', '  oidc:'))
      .toBe(`    ExternalSecret mailer/registry-pull reads config
    write registry.json:
      {
        "config": "…"
      }
    then:
      aws secretsmanager create-secret --region eu-north-1 --name test-eks-registry --secret-string file://registry.json --add-replica-regions Region=eu-west-1
    to change it later:
      aws secretsmanager put-secret-value --region eu-north-1 --secret-id test-eks-registry --secret-string file://registry.json`);
    expect(text).toMatch(
      /To see one .*: aws secretsmanager get-secret-value --region eu-north-1 --secret-id NAME --query SecretString --output text$/,
    );
  });

  it('on kind is a file for each key, and a Secret in the namespace of the store', () => {
    const text = withMailer('test-kind');
    expect(section(text, '  smtp:', '  registry:')).toBe(`  smtp: its name there is smtp
    ExternalSecret hello/store-smtp reads ca.crt, password
    ExternalSecret mailer/account reads password, username
    write smtp/ca.crt:
      the value alone, without a line break after it
    write smtp/password:
      the value alone, without a line break after it
    write smtp/username:
      the value alone, without a line break after it
    then:
      kubectl create secret generic smtp -n secret-store --from-file=ca.crt=smtp/ca.crt --from-file=password=smtp/password --from-file=username=smtp/username
    to change it later:
      kubectl create secret generic smtp -n secret-store --from-file=ca.crt=smtp/ca.crt --from-file=password=smtp/password --from-file=username=smtp/username --dry-run=client -o yaml | kubectl replace -f -`);
    expect(text).toContain(`{{$key}}: {{$value | base64decode}}{{"\\n"}}{{end}}'`);
  });

  it.each(fleet.map(({ name }) => [name]))('on %s never stands on a command line', (name) => {
    expect(withMailer(name)).not.toMatch(/--value\b|--from-literal|--secret-string (?!file:\/\/)/);
  });

  it('is nothing for an entry that nobody reads', () => {
    expect(withMailer('test-aks')).toContain(
      '  oidc: nothing reads it, so it need not be there (its name would be test-aks-oidc)\n',
    );
  });

  it('has every key that any reader needs', () => {
    const cluster = declaring('test-eks', 'smtp', 'registry');
    const store = storeOf(cluster);
    const manifests = ['first', 'second'].flatMap((name) => manifestsOf(new Mailer(store, name)).manifests);
    const text = listing(secretsOf(cluster, manifests));
    expect(text).toContain('ExternalSecret first/account reads password, username\n');
    expect(text).toContain('ExternalSecret second/account reads password, username\n');
    expect(text.match(/write smtp\.json/g)).toHaveLength(1);
  });
});

describe('what the cluster generates', () => {
  it('is listed by its full name, with its readers', () => {
    expect(withMailer('test-eks')).toContain(
      '  test-eks-mongo-ledger: read by mongo/mongo-users, ledger/ledger-mongo\n',
    );
  });

  it('has nothing of what people keep', () => {
    expect(withMailer('test-eks').split('The cluster generates')[1]).not.toContain('test-eks-smtp');
  });
});

describe('slipway secrets', () => {
  let folder: FleetFolder;
  beforeEach(() => {
    folder = new FleetFolder();
  });
  afterEach(() => folder.remove());

  it('says so if there is nothing to put and nothing generated', async () => {
    folder.add('laptop', LAPTOP);
    expect(await secrets(folder, 'laptop')).toBe(`laptop: its secret store is the namespace secret-store

People put nothing there: the cluster file declares no "secrets".

The cluster generates nothing.`);
  });

  it('is an error for a cluster without facts, which say where the store is', async () => {
    folder.add('new', { ...IN_CLOUD, secrets: ['smtp'] });
    await expect(secrets(folder, 'new')).rejects.toThrow(/^cluster new has no facts yet\n/);
  });

  it('is a command of the command line, for one cluster', async () => {
    const made = await TemporaryRepository.make();
    try {
      expect((await made.run('secrets', 'test-kind')).stdout).toMatch(/^test-kind: its secret store is /);
      expect((await made.run('secrets')).stderr).toMatch(/^error: secrets takes one cluster\n/);
    } finally {
      made.remove();
    }
  });
});
