import { z } from 'zod';
import type { Cloud } from './cloud/cloud.ts';
import { type CloudName, cloudName, type FactsByCloud } from './cloud/clouds.ts';
import { certManagerSettings } from './components/cert-manager/cert-manager.ts';
import { externalDnsSettings } from './components/external-dns/settings.ts';
import { externalSecretsSettings } from './components/external-secrets/settings.ts';
import { gatewaySettings } from './components/gateway/settings.ts';
import { metricsServerSettings } from './components/metrics-server/settings.ts';
import { mongoSettings } from './components/mongo/settings.ts';
import { nestServiceSettings, serviceName } from './components/nest-service/settings.ts';
import { objectStoreSettings } from './components/object-store/settings.ts';
import { postfactoSettings } from './components/postfacto/settings.ts';
import { tenantsSettings } from './components/tenant/settings.ts';
import { veleroSettings } from './components/velero/settings.ts';
import type { Pins } from './pins.ts';

/** Schema of a cluster file. An optional section that is omitted is not deployed. */
export const clusterSchema = z.strictObject({
  /** Where the cluster runs; selects the schema of facts.json. */
  cloud: cloudName,
  /** DNS domain of the cluster's hosts. */
  domain: z.hostname(),

  certManager: certManagerSettings,
  externalSecrets: externalSecretsSettings,
  gateway: gatewaySettings,
  externalDns: externalDnsSettings.optional(),
  metricsServer: metricsServerSettings.optional(),
  objectStore: objectStoreSettings.optional(),
  velero: veleroSettings.optional(),

  mongo: mongoSettings.optional(),

  postfacto: postfactoSettings.optional(),
  services: z.record(serviceName, nestServiceSettings).default({}),

  tenants: tenantsSettings.default({}),
});

/** The values of `clusters/<name>/cluster.ts`, before defaults. */
export type ClusterFile = z.input<typeof clusterSchema>;

/** The validated values, with defaults applied. */
export type ClusterSettings = z.output<typeof clusterSchema>;

/** A validated cluster without its facts: all that is known before Terraform has created it. */
export interface PlannedCluster {
  /** The name of its folder. */
  readonly name: string;
  readonly settings: ClusterSettings;
  readonly pins: Pins;
}

/** A cluster, read and checked: what the composition root needs. */
export interface Cluster extends PlannedCluster {
  /** What facts.json says, checked by the schema of the cloud. */
  readonly facts: FactsByCloud[CloudName];
  readonly cloud: Cloud;
}

/** Gives a cluster file its type: a missing section or a misspelt field is a compile error. */
export function defineCluster(cluster: ClusterFile): ClusterFile {
  return cluster;
}
