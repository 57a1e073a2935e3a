import { z } from 'zod';
import type { Cloud } from './cloud/cloud.ts';
import { type CloudName, cloudName, type FactsByCloud } from './cloud/clouds.ts';
import { nestServiceSettings, serviceName } from './components/nest-service/settings.ts';
import { postfactoSettings } from './components/postfacto/settings.ts';
import { mongoSettings } from './components/mongo/settings.ts';
import { certManagerSettings } from './components/cert-manager/cert-manager.ts';
import { externalDnsSettings } from './components/external-dns/settings.ts';
import { externalSecretsSettings } from './components/external-secrets/settings.ts';
import { gatewaySettings } from './components/gateway/settings.ts';
import { metricsServerSettings } from './components/metrics-server/settings.ts';
import { objectStoreSettings } from './components/object-store/settings.ts';
import { veleroSettings } from './components/velero/settings.ts';
import type { Pins } from './pins.ts';

/** What a cluster file says. A section that is left out is not deployed; one without `?` must be there. */
export const clusterSchema = z.strictObject({
  /** Where the cluster runs; says what facts.json must hold. */
  cloud: cloudName,
  /** The DNS domain below which its hosts are. */
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
});

/** The values of `clusters/<name>/cluster.ts`, before defaults. */
export type ClusterFile = z.input<typeof clusterSchema>;

/** The same with every default in place. */
export type ClusterSettings = z.output<typeof clusterSchema>;

/** What a cluster's own files say, checked: all there is before Terraform has made it. */
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
