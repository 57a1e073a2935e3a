import { describe, expect, it } from 'vitest';
import { CLOUD_USERS } from '../../charts/cloud/cloud.ts';
import { textAt } from '../../charts/lib/manifest.ts';
import { readFleet } from '../lib/fleet.ts';
import { type Block, read, type Resource, strings, stringsUnder } from './terraform.ts';

const modules = await read('modules');
const fleet = await readFleet();
const identities = (cloud: 'aws' | 'azure') => {
  const found = modules.find(({ name }) => name === `identities-${cloud}`);
  if (!found) throw new Error(`there is no module identities-${cloud}`);
  return found;
};

/** Who in the cluster may call the cloud: `namespace/ServiceAccount`, by component. */
const BOUND: Readonly<Record<(typeof CLOUD_USERS)[number], readonly string[]>> = {
  'cert-manager': ['cert-manager/cert-manager'],
  'external-dns': ['external-dns/external-dns'],
  'external-secrets': ['external-secrets/external-secrets'],
  velero: ['velero/velero', 'velero/node-agent'],
};

/**
 * Every permission in the identities modules, and what a component does with it. One that stands there and not here, or
 * the other way round, is a mistake.
 */
const AWS: Readonly<Record<keyof typeof BOUND, Readonly<Record<string, string>>>> = {
  'cert-manager': {
    'route53:ChangeResourceRecordSets': 'writes and removes the TXT record of a challenge',
    'route53:GetChange': 'waits until it is served',
  },
  'external-dns': {
    'route53:ChangeResourceRecordSets': 'writes records of hosts',
    'route53:ListResourceRecordSets': 'compares them with what is wanted',
    'route53:ListHostedZones': 'finds the zone; AWS narrows it to none',
  },
  'external-secrets': {
    'secretsmanager:DescribeSecret': 'ExternalSecret and PushSecret look whether a secret is there',
    'secretsmanager:GetSecretValue': 'ExternalSecret reads it',
    'secretsmanager:CreateSecret': 'PushSecret writes a generated one, once',
    'secretsmanager:TagResource': 'PushSecret marks it as its own',
  },
  velero: {
    's3:ListBucket': 'lists backups',
    's3:ListBucketMultipartUploads': 'goes on with an upload',
    's3:AbortMultipartUpload': 'gives one up',
    's3:ListMultipartUploadParts': 'goes on with an upload',
    's3:GetObject': 'restores',
    's3:PutObject': 'backs up',
    's3:DeleteObject': 'hides what has expired; versions stay',
    'kms:Decrypt': 'reads what the bucket encrypts',
    'kms:GenerateDataKey': 'writes what the bucket encrypts',
  },
};

/** What nobody in a cluster may do: destroy a backup, or more than is listed. */
const NEVER = [/\*$/, /^s3:DeleteObjectVersion$/, /^s3:DeleteBucket/, /^s3:Bypass/, /^secretsmanager:(Delete|Put|Update)/, /^route53:(Create|Delete)HostedZone$/, /^iam:/, /^sts:/];

describe('ServiceAccounts', () => {
  it.each(CLOUD_USERS)('those of %s are bound on both clouds, and no other', (component) => {
    for (const cloud of ['aws', 'azure'] as const) {
      const { text } = identities(cloud);
      const names = BOUND[component].map((account) => `"${account.split('/')[1]}"`).join(', ');
      expect(text).toMatch(new RegExp(String.raw`^\s+${component}\s+= (\{ service_accounts = )?\[${names}\]`, 'm'));
    }
  });

  it.each(fleet.filter(({ name }) => name !== 'local'))('are in dist of $name, and run the pods that call the cloud', ({ objects }) => {
    const manifests = objects.map(({ manifest }) => manifest);
    const there = new Set(manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    const users = new Set(manifests.flatMap((object) => {
      const account = textAt(object, 'spec', 'template', 'spec', 'serviceAccountName');
      return account ? [`${object.metadata.namespace}/${account}`] : [];
    }));
    const bound = Object.values(BOUND).flat();
    expect(bound.filter((account) => !there.has(account))).toEqual([]);
    expect(bound.filter((account) => !users.has(account))).toEqual([]);
  });
});

describe('permissions on AWS', () => {
  const { resources } = identities('aws');
  const policies = new Map(resources.filter(({ mode, type, name }) => mode === 'data' && type === 'aws_iam_policy_document' && name !== 'trust').map((policy) => [policy.name.replaceAll('_', '-'), policy]));

  it('are those of the components that call it', () => {
    expect([...policies.keys()].toSorted()).toEqual([...CLOUD_USERS].toSorted());
  });

  it.each(CLOUD_USERS)('of %s are traced to what it does', (component) => {
    expect(new Set(actionsOf(policies.get(component)))).toEqual(new Set(Object.keys(AWS[component])));
  });

  it('include nothing that destroys, and no star', () => {
    const all = [...policies.values()].flatMap(actionsOf);
    expect(all.filter((action) => NEVER.some((never) => never.test(action)))).toEqual([]);
  });

  it('are for everything only where AWS knows no less', () => {
    const wide = [...policies].flatMap(([name, policy]) => statementsOf(policy).filter((statement) => strings(statement['resources']).includes('*')).flatMap((statement) => strings(statement['actions']).map((action) => `${name} ${action}`)));
    expect(wide).toEqual(['external-dns route53:ListHostedZones']);
  });

  it('on secrets are within the prefix that the manifests use, on backups within the bucket', () => {
    for (const statement of statementsOf(policies.get('external-secrets'))) expect(statement['resources']).toEqual(['${local.secrets}:${var.secret_prefix}*']);
    for (const statement of statementsOf(policies.get('velero'))) expect(String(statement['resources'])).toMatch(/^\$\{var\.backup_(bucket|kms_key)_arn\}(\/\*)?$/);
    const [call] = modules.flatMap(({ calls }) => [...calls.values()].filter(({ source }) => String(source).endsWith('/identities-aws')));
    expect(call?.['secret_prefix']).toBe('${var.cluster}-');
  });
});

describe('permissions on Azure', () => {
  const { text, body } = identities('azure');

  it('name the components that call it, and no other', () => {
    const components = new Set([...text.matchAll(/component\s+= "([a-z-]+)"/g)].map(([, name = '']) => name));
    expect([...components].toSorted()).toEqual([...CLOUD_USERS].toSorted());
  });

  it('are roles of their own: none that Azure brings, which all may more', () => {
    expect(body).not.toContain('role_definition_name');
  });

  it('include no star, no role, no key, and no way to destroy a version, a secret or a container', () => {
    const quoted = [...text.matchAll(/"([^"\n]*(?:Microsoft\.|\$\{local\.(?:zones|blobs)\})[^"\n]*)"/g)].map(([, action = '']) => action);
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter((action) => /\*|Authorization|listKeys|immutabilityPolicies|deleteBlobVersion|permanentDelete|containers\/(delete|write)$|deleteSecret|purge/i.test(action))).toEqual([]);
  });

  it('are within the zone, the vault, the container and its account', () => {
    const scopes = [...text.matchAll(/^\s+scope\s+= (var\.\S+)$/gm)].map(([, scope]) => scope);
    expect(new Set(scopes)).toEqual(new Set(['var.dns.zone_id', 'var.dns.resource_group_id', 'var.key_vault_id', 'var.backups.container_id', 'var.backups.storage_account_id']));
  });

  it('let secrets be read and written, and nothing else', () => {
    expect(/\["getSecret", "setSecret", "readMetadata"\]/.test(text)).toBe(true);
  });
});

function statementsOf(policy: Resource | undefined): Block[] {
  return (policy?.block['statement'] ?? []) as Block[];
}

function actionsOf(policy: Resource | undefined): string[] {
  return stringsUnder(policy?.block, 'actions');
}
