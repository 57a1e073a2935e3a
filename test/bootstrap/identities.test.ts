import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLOUD_USERS } from '../../charts/cloud/cloud.ts';
import { textAt } from '../../charts/lib/manifest.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { type Block, read, repository, type Resource, strings, stringsUnder } from './terraform.ts';

const modules = await read('modules');
/** The clusters whose cloud has an identities module. */
const inCloud = (await renderTestFleet()).filter(({ name }) => ['test-aks', 'test-eks'].includes(name));
const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const identities = (cloud: 'aws' | 'azure') => {
  const found = modules.find(({ name }) => name === `identities-${cloud}`);
  if (!found) throw new Error(`no module identities-${cloud}`);
  return found;
};

/** ServiceAccounts that may call the cloud's API, as `namespace/name`, by component. */
const BOUND: Readonly<Record<(typeof CLOUD_USERS)[number], readonly string[]>> = {
  'cert-manager': ['cert-manager/cert-manager'],
  'external-dns': ['external-dns/external-dns'],
  'external-secrets': ['external-secrets/external-secrets'],
  velero: ['velero/velero', 'velero/node-agent'],
};

/**
 * Every permission in the identities modules, with its use by the component. The tests fail for one that is only in the
 * modules, or only here.
 */
const AWS: Readonly<Record<keyof typeof BOUND, Readonly<Record<string, string>>>> = {
  'cert-manager': {
    'route53:ChangeResourceRecordSets': 'writes and removes the TXT record of a challenge',
    'route53:GetChange': 'waits until it is propagated',
  },
  'external-dns': {
    'route53:ChangeResourceRecordSets': 'writes records of hosts',
    'route53:ListResourceRecordSets': 'compares them with the desired ones',
    'route53:ListHostedZones': 'finds the zone; AWS has no resource-level permission for it',
  },
  'external-secrets': {
    'secretsmanager:DescribeSecret': 'ExternalSecret and PushSecret check whether a secret exists',
    'secretsmanager:GetSecretValue': 'ExternalSecret reads it',
    'secretsmanager:CreateSecret': 'PushSecret writes a generated one, once',
    'secretsmanager:TagResource': 'PushSecret tags it as managed',
    'secretsmanager:ReplicateSecretToRegions': 'PushSecret has it copied to the region of the copied backups',
  },
  velero: {
    's3:ListBucket': 'lists backups',
    's3:ListBucketMultipartUploads': 'resumes an upload',
    's3:AbortMultipartUpload': 'aborts an upload',
    's3:ListMultipartUploadParts': 'resumes an upload',
    's3:GetObject': 'restores',
    's3:PutObject': 'backs up',
    's3:DeleteObject': 'hides expired backups; versions are kept',
    'kms:Decrypt': 'reads encrypted objects',
    'kms:GenerateDataKey': 'writes encrypted objects',
  },
};

/** The same for Azure, by component; DNS records by type. */
const AZURE: Readonly<Record<keyof typeof BOUND, Readonly<Record<string, string>>>> = {
  'cert-manager': {
    'Microsoft.Network/dnsZones/TXT/read': 'finds the record of a challenge',
    'Microsoft.Network/dnsZones/TXT/write': 'writes it',
    'Microsoft.Network/dnsZones/TXT/delete': 'removes it',
  },
  'external-dns': {
    'Microsoft.Network/dnsZones/read': 'finds the zone',
    'Microsoft.Network/dnsZones/all/read': 'compares records with the desired ones',
    'Microsoft.Network/dnsZones/recordsets/read': 'compares records with the desired ones',
    ...Object.fromEntries(
      ['A', 'AAAA', 'CNAME', 'TXT'].flatMap((type) =>
        ['read', 'write'].map((verb) => [`Microsoft.Network/dnsZones/${type}/${verb}`, 'writes records of hosts']),
      ),
    ),
  },
  'external-secrets': {
    'Microsoft.KeyVault/vaults/secrets/getSecret/action': 'ExternalSecret reads a secret',
    'Microsoft.KeyVault/vaults/secrets/setSecret/action': 'PushSecret writes a generated one',
    'Microsoft.KeyVault/vaults/secrets/readMetadata/action': 'PushSecret checks whether it exists',
  },
  velero: {
    'Microsoft.Storage/storageAccounts/read': "finds the container's address",
    'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action':
      'signs download URLs of logs for users',
    'Microsoft.Storage/storageAccounts/blobServices/containers/read': 'checks whether the container exists',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read': 'restores',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write': 'backs up',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action': 'backs up',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete':
      'hides expired backups; versions are kept',
  },
};

/** Permissions that no workload may have: to destroy a backup, and wildcards. */
const NEVER = [
  /\*$/,
  /^s3:DeleteObjectVersion$/,
  /^s3:DeleteBucket/,
  /^s3:Bypass/,
  /^secretsmanager:(Delete|Put|Update)/,
  /^route53:(Create|Delete)HostedZone$/,
  /^iam:/,
  /^sts:/,
];

describe('ServiceAccounts', () => {
  it.each(CLOUD_USERS)('of %s, and no others, are bound on both clouds', (component) => {
    for (const cloud of ['aws', 'azure'] as const) {
      const { text } = identities(cloud);
      const names = BOUND[component].map((account) => `"${account.split('/')[1]}"`).join(', ');
      expect(text).toMatch(new RegExp(String.raw`^\s+${component}\s+= (\{ service_accounts = )?\[${names}\]`, 'm'));
    }
  });

  it.each(inCloud)('that are bound exist in $name and are used by pods', ({ objects }) => {
    const manifests = objects.map(({ manifest }) => manifest);
    const existing = new Set(
      manifests
        .filter(({ kind }) => kind === 'ServiceAccount')
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    );
    const users = new Set(
      manifests.flatMap((object) => {
        const account = textAt(object, 'spec', 'template', 'spec', 'serviceAccountName');
        return account ? [`${object.metadata.namespace}/${account}`] : [];
      }),
    );
    const bound = Object.values(BOUND).flat();
    expect(bound.filter((account) => !existing.has(account))).toEqual([]);
    expect(bound.filter((account) => !users.has(account))).toEqual([]);
  });
});

describe('permissions on AWS', () => {
  const { resources } = identities('aws');
  const policies = new Map(
    resources
      .filter(({ mode, type, name }) => mode === 'data' && type === 'aws_iam_policy_document' && name !== 'trust')
      .map((policy) => [policy.name.replaceAll('_', '-'), policy]),
  );

  it('have a policy for each component that calls the API, and for no other', () => {
    expect([...policies.keys()].toSorted()).toEqual([...CLOUD_USERS].toSorted());
  });

  it.each(CLOUD_USERS)('of %s are those with a documented use', (component) => {
    expect(new Set(actionsOf(policies.get(component)))).toEqual(new Set(Object.keys(AWS[component])));
  });

  it('include no destructive action and no wildcard', () => {
    const all = [...policies.values()].flatMap(actionsOf);
    expect(all.filter((action) => NEVER.some((never) => never.test(action)))).toEqual([]);
  });

  it('are for all resources only if AWS has no resource-level permission', () => {
    const wide = [...policies].flatMap(([name, policy]) =>
      statementsOf(policy)
        .filter((statement) => strings(statement['resources']).includes('*'))
        .flatMap((statement) => strings(statement['actions']).map((action) => `${name} ${action}`)),
    );
    expect(wide).toEqual(['external-dns route53:ListHostedZones']);
  });

  it('on secrets are limited to the prefix that the manifests use, those on backups to the bucket', () => {
    for (const statement of statementsOf(policies.get('external-secrets')))
      expect(statement['resources']).toEqual(['${local.secrets}:${var.secret_prefix}*']);
    for (const statement of statementsOf(policies.get('velero')))
      expect(String(statement['resources'])).toMatch(/^\$\{var\.backup_(bucket|kms_key)_arn\}(\/\*)?$/);
    const [call] = modules.flatMap(({ calls }) =>
      [...calls.values()].filter(({ source }) => String(source).endsWith('/identities-aws')),
    );
    expect(call?.['secret_prefix']).toBe('${var.cluster}-');
  });
});

describe('permissions on Azure', () => {
  const { text, body } = identities('azure');

  it('have roles for each component that calls the API, and for no other', () => {
    const components = new Set([...text.matchAll(/component\s+= "([a-z-]+)"/g)].map(([, name = '']) => name));
    expect([...components].toSorted()).toEqual([...CLOUD_USERS].toSorted());
  });

  it('are custom roles, because all built-in ones permit more', () => {
    expect(body).not.toContain('role_definition_name');
  });

  it.runIf(hasTerraform)('of each component are those with a documented use', () => {
    const roles = Object.values(rolesOnAzure());
    for (const component of CLOUD_USERS) {
      const actions = roles.flatMap((role) =>
        role.component === component ? [...role.actions, ...role.data_actions] : [],
      );
      expect(new Set(actions)).toEqual(new Set(Object.keys(AZURE[component])));
    }
  });

  it('include no wildcard, role assignment or key, and no deletion of a version, a secret or a container', () => {
    const actions = Object.values(AZURE).flatMap((traced) => Object.keys(traced));
    expect(
      actions.filter((action) =>
        /\*|Authorization|listKeys|immutabilityPolicies|deleteBlobVersion|permanentDelete|containers\/(delete|write)$|deleteSecret|purge/i.test(
          action,
        ),
      ),
    ).toEqual([]);
  });

  it('are scoped to the zone, the vault, the container and its account', () => {
    const scopes = [...text.matchAll(/^\s+scope\s+= (var\.\S+)$/gm)].map(([, scope]) => scope);
    expect(new Set(scopes)).toEqual(
      new Set([
        'var.dns.zone_id',
        'var.dns.challenges.zone_id',
        'var.dns.resource_group_id',
        'var.key_vault_id',
        'var.backups.container_id',
        'var.backups.storage_account_id',
      ]),
    );
  });
});

function statementsOf(policy: Resource | undefined): Block[] {
  return (policy?.block['statement'] ?? []) as Block[];
}

function actionsOf(policy: Resource | undefined): string[] {
  return stringsUnder(policy?.block, 'actions');
}

interface AzureRole {
  readonly component: string;
  readonly actions: readonly string[];
  readonly data_actions: readonly string[];
}

/** The roles of identities-azure, evaluated by Terraform: its locals need no provider. */
function rolesOnAzure(): Readonly<Record<string, AzureRole>> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-identities-'));
  try {
    const text = readFileSync(join(repository, 'bootstrap', 'modules', 'identities-azure', 'main.tf'), 'utf8');
    const [locals = ''] = /^locals \{$[^]*?^\}$/m.exec(text) ?? [];
    const names = new Set([...locals.matchAll(/var\.([a-z_]+)/g)].map(([, name = '']) => name));
    const place = {
      zone_id: 'zone',
      resource_group_id: 'group',
      container_id: 'container',
      storage_account_id: 'account',
    };
    const given: Readonly<Record<string, unknown>> = {
      dns: { ...place, challenges: place },
      backups: place,
      external_dns_deletes: false,
    };
    writeFileSync(
      join(folder, 'main.tf'),
      [locals, ...[...names].map((name) => `variable "${name}" {\n  type = any\n}\n`)].join('\n'),
    );
    writeFileSync(
      join(folder, 'terraform.tfvars.json'),
      JSON.stringify(Object.fromEntries([...names].map((name) => [name, given[name] ?? name]))),
    );
    const output = execFileSync('terraform', [`-chdir=${folder}`, 'console'], {
      input: 'jsonencode(local.roles)',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return JSON.parse(JSON.parse(output) as string) as Readonly<Record<string, AzureRole>>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
