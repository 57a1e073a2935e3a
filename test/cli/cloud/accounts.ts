import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { doctorCloud, type CloudOptions } from '../../../cli/doctor/cloud/command.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import type { Run } from '../../../cli/doctor/cloud/program.ts';
import type { Workspace } from '../../../cli/synth.ts';
import { aws } from '../../bootstrap/runbook/aws.ts';
import { az } from '../../bootstrap/runbook/az.ts';
import { USER } from '../../bootstrap/runbook/azure.ts';
import { parse, Refusal } from '../../bootstrap/runbook/command.ts';
import { World } from '../../bootstrap/runbook/world.ts';
import { REPOSITORY } from '../../lib/load-fleet.ts';

export const GROUP = '00000000-0000-4000-8000-0000000000a4';

const NAMESPACES =
  'Authorization Compute ContainerRegistry ContainerService DBforPostgreSQL Insights KeyVault ManagedIdentity Network';

/** A cluster's root on Azure: nodes of two sizes in three zones, encrypted at the host. */
export const AKS = `module "cluster" {
  source = "../../modules/cluster-azure"

  cluster         = "live-aks"
  location        = "westeurope"
  zones           = ["1", "2", "3"]
  sku_tier        = "Standard"
  host_encryption = true
  system_pool     = { vm_size = "Standard_D2as_v5", min = 1, max = 2 }
  apps_pool       = { vm_size = "Standard_D4as_v5", min = 1, max = 4 }
}
`;

export const EKS = `module "cluster" {
  source = "../../modules/cluster-aws"

  cluster      = "live-eks"
  nat_per_zone = true
  images       = ["items", "whoami"]
  backups      = { replica_region = "us-west-2" }
}

provider "aws" {
  region = "us-east-1"
}
`;

/** A repository with a cluster in each cloud, and accounts that are ready for them, which a test changes. */
export class Accounts {
  readonly world: World;
  private readonly root = mkdtempSync(join(tmpdir(), 'slipway-accounts-'));
  /** What was asked, as it was typed. */
  readonly asked: string[] = [];

  constructor() {
    this.world = new World(this.root);
    for (const part of ['modules', 'roots/remote-state-azure', 'roots/remote-state-aws'])
      cpSync(join(REPOSITORY, 'bootstrap', part), join(this.root, 'bootstrap', part), { recursive: true });
    this.write('bootstrap/roots/azurerm.tfbackend', 'storage_account_name = "acmeterraformstate"\n');
    this.write('bootstrap/roots/s3.tfbackend', 'bucket = "acme-terraform-state"\nregion = "us-east-1"\n');
    this.write('bootstrap/roots/live-aks/main.tf', AKS);
    this.write('bootstrap/roots/live-eks/main.tf', EKS);
    mkdirSync(join(this.root, 'dist'));
    const { azure, aws: account } = this.world;
    this.setting('organization', '"acme"');
    this.setting('kubernetes_version', '"1.35"');
    this.setting('azure_admin_group_id', `"${GROUP}"`);
    this.setting('azure_subscription_ids', `["${azure.subscription}"]`);
    this.setting('aws_account_id', `"${account.account}"`);
    this.setting('aws_administrator_role', `"${account.administrator}"`);
    azure.token = new Set(['administrators']);
    azure.groups.set('administrators', { id: GROUP, members: new Set([USER]) });
    for (const name of `${NAMESPACES} OperationalInsights Storage`.split(' '))
      azure.namespaces.add(`Microsoft.${name}`);
    azure.features.set('Microsoft.Compute/EncryptionAtHost', 'Registered');
    account.profile = 'clusters';
    account.quotas.set('L-1216C47A', 64);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  get workspace(): Workspace {
    const never = (): never => {
      throw new Error('it is not loaded');
    };
    return {
      root: this.root,
      dist: join(this.root, 'dist'),
      repository: { url: 'https://github.com/acme/fleet.git', revision: 'main' },
      importer: { cluster: never, rings: never },
    };
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Writes a setting of Terraform as it stands there. */
  setting(name: string, value: string): void {
    const file = 'bootstrap/modules/settings/main.tf';
    const before = readFileSync(join(this.root, file), 'utf8');
    const line = new RegExp(String.raw`^(  ${name} *= ).*$`, 'm');
    if (!line.test(before)) throw new Error(`${file} has no ${name}`);
    this.write(
      file,
      before.replace(line, (_, key: string) => key + value),
    );
  }

  /** What is found of one cloud. */
  async found(options: Omit<CloudOptions, 'json'>): Promise<{ readonly findings: Finding[]; readonly code: number }> {
    const { text, code } = await doctorCloud(this.workspace, { ...options, json: true }, this.run);
    return { findings: (JSON.parse(text) as { findings: Finding[] }).findings, code };
  }

  /** Those that are not in force. */
  async problems(cloud: 'azure' | 'aws'): Promise<Finding[]> {
    const { findings } = await this.found({ cloud });
    return findings.filter(({ state }) => state !== 'in force');
  }

  /** Plays the programs, without processes. */
  readonly run: Run = async (program, args) => {
    this.asked.push([program, ...args].join(' '));
    const played = { az: az(this.world), aws: aws(this.world) }[program];
    const call = { program, args, folder: this.root, env: { AWS_PROFILE: 'clusters' }, stdin: '' };
    try {
      const { command, given } = parse(played.commands, played.common, args);
      return { status: 0, stdout: await played.run(command, given, call), stderr: '' };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 2) throw error;
      return { status: error.status, stdout: '', stderr: `ERROR: ${error.message}\n` };
    }
  };
}
