import { createHash } from 'node:crypto';
import { need } from './command.ts';
import type { World } from './world.ts';

const IDENTITY = '00000000-0000-4000-8000-0000000000b';

/** Object ids of the workflows' identities on Azure. */
export const PRINCIPALS = { plan: `${IDENTITY}1`, apply: `${IDENTITY}2`, publish: `${IDENTITY}3` };

/** Names of the workflows' roles on AWS. */
export function workflowRoles(organization: string): { plan: string; apply: string; publish: string } {
  const named = (what: string): string => `${organization}-terraform-${what}`;
  return { plan: named('plan'), apply: named('apply'), publish: named('publish') };
}

/** What an output of a root is once that was applied: as the providers would say it. */
export function valueOf(output: string, cluster: string, world: World): unknown {
  const organization = organizationOf(world);
  const { azure, aws } = world;
  const name = `${organization}-${cluster}`;
  const plain = name.replaceAll('-', '');
  const roles = workflowRoles(organization);
  const role = (of: string): string => `arn:aws:iam::${aws.account}:role/${of}`;
  const domain = (): unknown =>
    (JSON.parse(world.read(world.clone, `dist/${cluster}/cluster.json`)) as { domain: string }).domain;
  // Of each cluster its own.
  const id = (of: string): string =>
    `00000000-0000-4000-8000-${createHash('sha256').update(`${cluster} ${of}`).digest('hex').slice(0, 12)}`;
  const values: Readonly<Record<string, () => unknown>> = {
    api_server_cidrs: () => [],
    backup_bucket: () => `${name}-backups`,
    backup_container: () => 'velero',
    backup_kms_key_arn: () => `arn:aws:kms:us-east-1:${aws.account}:key/${id('backups')}`,
    backup_replica_region: () => 'us-west-2',
    backup_resource_group: () => `${name}-backups`,
    backup_storage_account: () => plain,
    challenge_zone: () => null,
    client_ids: () => ({ plan: `${IDENTITY}4`, apply: `${IDENTITY}5`, publish: `${IDENTITY}6` }),
    cluster_name: () => cluster,
    databases: () => null,
    dns_resource_group: () => `${name}-dns`,
    dns_zone_name: domain,
    hosted_zone_id: () => `Z${id('zone').slice(-12).toUpperCase()}`,
    identity_client_ids: () =>
      Object.fromEntries(['cert-manager', 'external-dns', 'external-secrets', 'velero'].map((one) => [one, id(one)])),
    key_vault_url: () => `https://${name}.vault.azure.net/`,
    pod_cidr: () => '10.244.0.0/16',
    principal_ids: () => PRINCIPALS,
    region: () => 'us-east-1',
    role_arns: () => ({ plan: role(roles.plan), apply: role(roles.apply), publish: role(roles.publish) }),
    service_cidr: () => '172.20.0.0/16',
    subscription_id: () => azure.subscription,
    tenant_id: () => azure.tenant,
    vpc_cidr: () => '10.30.0.0/16',
  };
  const value = values[output];
  need(value, `the stand-in does not know what the output ${output} is: add it to test/bootstrap/runbook/outputs.ts`);
  return value();
}

/** What names in clouds begin with. */
export function organizationOf(world: World): string {
  return world.setting('organization').replaceAll('"', '');
}
