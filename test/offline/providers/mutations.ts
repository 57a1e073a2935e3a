import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../bootstrap/terraform.ts';

/** A deliberate defect, and the summary of the error by which Terraform must reject it. Proves that the check can fail. */
export interface Mutation {
  readonly what: string;
  /** The root that Terraform validates. */
  readonly root: string;
  /** Relative to bootstrap/. */
  readonly file: string;
  /** Text that occurs exactly once. */
  readonly find: string;
  readonly put: string;
  readonly error: string;
}

/** The first root that creates a cluster by a module; the empty string if there is none. */
function rootCalling(module: string): string {
  const roots = join(repository, 'bootstrap', 'roots');
  const calls = (root: string): boolean => {
    const file = join(roots, root, 'main.tf');
    return existsSync(file) && readFileSync(file, 'utf8').includes(`"../../modules/${module}"`);
  };
  return readdirSync(roots).toSorted().find(calls) ?? '';
}

const AZURE = rootCalling('cluster-azure');
const AWS = rootCalling('cluster-aws');

const azure = (what: string, file: string, find: string, put: string, error: string): Mutation => ({
  what,
  root: AZURE,
  file,
  find,
  put,
  error,
});
const aws = (what: string, file: string, find: string, put: string, error: string): Mutation => ({
  what,
  root: AWS,
  file,
  find,
  put,
  error,
});

const UNKNOWN = 'Unsupported argument';
const MISSING = 'Missing required argument';
const NO_BLOCK = 'Unsupported block type';
const NO_ATTRIBUTE = 'Unsupported attribute';
const READ_ONLY = 'Value for unconfigurable attribute';

const all: readonly Mutation[] = [
  azure('an unknown argument', 'modules/aks/main.tf', 'image_cleaner_enabled ', 'image_cleaner_enable ', UNKNOWN),
  azure(
    'an unknown argument of a block',
    'modules/aks/main.tf',
    'snapshot_controller_enabled',
    'snapshots_enabled',
    UNKNOWN,
  ),
  azure(
    'an argument that azurerm 5 removed',
    'modules/network-azure/main.tf',
    '  service_endpoint {\n    service = "Microsoft.KeyVault"\n  }\n',
    '  service_endpoints = ["Microsoft.KeyVault"]\n',
    UNKNOWN,
  ),
  azure(
    'an unknown argument of a block in a block',
    'modules/aks/vault.tf',
    'time_after_creation',
    'time_after_birth',
    UNKNOWN,
  ),
  azure(
    'an unknown argument of a dynamic block',
    'modules/registry-azure/main.tf',
    'zone_redundancy_enabled = true',
    'zone_redundant = true',
    UNKNOWN,
  ),
  azure(
    'a required argument omitted',
    'modules/aks/vault.tf',
    '  key_opts     = ["wrapKey", "unwrapKey"]\n',
    '',
    MISSING,
  ),
  azure(
    'a required argument of a block omitted',
    'modules/aks/main.tf',
    '    name                         = "system${local.zones[0]}"\n',
    '',
    MISSING,
  ),
  azure('an unknown block', 'modules/aks/vault.tf', '    automatic {', '    automatically {', NO_BLOCK),
  azure(
    'a required block omitted',
    'modules/network-azure/main.tf',
    '  retention_policy {\n    enabled = true\n    days    = var.log_retention_days\n  }\n',
    '',
    'Insufficient retention_policy blocks',
  ),
  azure(
    'a block too many',
    'modules/aks/main.tf',
    '  storage_profile {\n',
    '  storage_profile {}\n\n  storage_profile {\n',
    'Too many storage_profile blocks',
  ),
  azure(
    'a value of another type',
    'modules/network-azure/main.tf',
    '= [var.vnet_cidr]\n',
    '= { cidr = var.vnet_cidr }\n',
    'Incorrect attribute value type',
  ),
  azure(
    'a value for a read-only attribute',
    'modules/aks/main.tf',
    '  oidc_issuer_enabled  ',
    '  oidc_issuer_url = "https://example.com"\n  oidc_issuer_enabled  ',
    READ_ONLY,
  ),
  azure(
    'a value for a read-only attribute of a block',
    'modules/aks/vault.tf',
    '    type = "SystemAssigned"\n',
    '    type         = "SystemAssigned"\n    principal_id = "x"\n',
    READ_ONLY,
  ),
  azure(
    'an unknown attribute of a resource',
    'modules/aks/outputs.tf',
    'azurerm_kubernetes_cluster.this.oidc_issuer_url',
    'azurerm_kubernetes_cluster.this.issuer_url',
    NO_ATTRIBUTE,
  ),
  azure(
    'an unknown attribute of a block',
    'modules/aks/vault.tf',
    'identity[0].principal_id',
    'identity[0].principal',
    NO_ATTRIBUTE,
  ),
  azure(
    'an unknown attribute of a data source',
    'modules/aks/vault.tf',
    'data.azurerm_client_config.current.tenant_id',
    'data.azurerm_client_config.current.tenant',
    NO_ATTRIBUTE,
  ),
  azure(
    'an unknown option of the provider',
    `roots/${AZURE}/versions.tf`,
    'storage_use_azuread',
    'storage_uses_azuread',
    UNKNOWN,
  ),
  azure(
    "an unknown option in the provider's blocks",
    `roots/${AZURE}/versions.tf`,
    'data_plane_available',
    'data_plane',
    UNKNOWN,
  ),

  aws('an unknown argument', 'modules/eks/main.tf', '  deletion_protection = ', '  delete_protection = ', UNKNOWN),
  aws('an unknown argument of a block', 'modules/eks/main.tf', 'support_type', 'support', UNKNOWN),
  aws(
    'an unknown argument of a block in a block',
    'modules/backup-store-aws/main.tf',
    '      kms_master_key_id = ',
    '      kms_key_id = ',
    UNKNOWN,
  ),
  aws('an unknown timeout', 'modules/eks/main.tf', '    create = "30m"', '    created = "30m"', UNKNOWN),
  aws(
    'an unknown argument of a data source',
    'modules/network-aws/main.tf',
    'exclude_zone_ids',
    'excluded_zone_ids',
    UNKNOWN,
  ),
  aws(
    'a required argument omitted',
    'modules/eks/main.tf',
    '  role_arn            = aws_iam_role.cluster.arn\n',
    '',
    MISSING,
  ),
  aws(
    'a required argument of a block omitted',
    'modules/eks/main.tf',
    '      key_arn = aws_kms_key.secrets.arn\n',
    '',
    MISSING,
  ),
  aws('an unknown block', 'modules/eks/main.tf', '  zonal_shift_config {', '  zonal_shift {', NO_BLOCK),
  aws(
    'a required block omitted',
    'modules/backup-store-aws/main.tf',
    '  versioning_configuration {\n    status = "Enabled"\n  }\n',
    '',
    'Insufficient versioning_configuration blocks',
  ),
  aws(
    'a block too many',
    'modules/eks/main.tf',
    '  upgrade_policy {\n',
    '  upgrade_policy {}\n\n  upgrade_policy {\n',
    'Too many upgrade_policy blocks',
  ),
  aws(
    'a value of another type',
    'modules/eks/main.tf',
    'enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]',
    'enabled_cluster_log_types = { api = true }',
    'Incorrect attribute value type',
  ),
  aws(
    'a value for a read-only attribute',
    'modules/eks/main.tf',
    '  deletion_protection = ',
    '  endpoint = "https://example.com"\n  deletion_protection = ',
    READ_ONLY,
  ),
  aws(
    'an unknown attribute of a resource',
    'modules/network-aws/outputs.tf',
    'aws_vpc.this.cidr_block',
    'aws_vpc.this.cidr',
    NO_ATTRIBUTE,
  ),
  aws(
    'an unknown attribute of a data source',
    'modules/backup-store-aws/main.tf',
    'data.aws_region.current.region',
    'data.aws_region.current.region_name',
    NO_ATTRIBUTE,
  ),
  aws(
    'an unknown option of the provider',
    `roots/${AWS}/versions.tf`,
    'allowed_account_ids',
    'allowed_accounts',
    UNKNOWN,
  ),
  aws(
    "an unknown option in the provider's blocks",
    `roots/${AWS}/versions.tf`,
    '    tags = module.settings.tags',
    '    tag = module.settings.tags',
    UNKNOWN,
  ),
];

/** Mutations for the clouds in use: without a root there is nothing to validate. */
export const mutations: readonly Mutation[] = all.filter(({ root }) => root !== '');
