import { z } from 'zod';
import { aks, aksFacts } from './cloud/aks.ts';
import type { Cloud } from './cloud/cloud.ts';
import { eks, eksFacts } from './cloud/eks.ts';
import { kind, kindFacts } from './cloud/kind.ts';
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

/** Schema of a cluster file. An optional section that is omitted is not deployed. */
export const clusterSchema = z.strictObject({
  /** Where the cluster runs; selects the schema of facts.json. */
  cloud: z.enum(['kind', 'aks', 'eks']),
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
});

/** The values of `clusters/<name>/cluster.ts`, before defaults. */
export type ClusterFile = z.input<typeof clusterSchema>;

/** The validated values, with defaults applied. */
export type ClusterSettings = z.output<typeof clusterSchema>;

/** A validated cluster: the input of the composition root. */
export interface Cluster {
  /** The name of its folder. */
  readonly name: string;
  readonly settings: ClusterSettings;
  /** Content of facts.json, validated against the schema of the cloud. */
  readonly facts: unknown;
  readonly cloud: Cloud;
  readonly pins: Pins;
}

/** Gives a cluster file its type: a missing section or a misspelt field is a compile error. */
export function defineCluster(cluster: ClusterFile): ClusterFile {
  return cluster;
}

/** Schema of facts.json for each cloud; the keys are Terraform outputs. */
export const factsSchemas = { kind: kindFacts, aks: aksFacts, eks: eksFacts };

/** The cloud of a cluster. @throws ZodError if the facts do not match its schema */
export function cloudOf(name: string, { cloud, domain }: ClusterSettings, facts: unknown): Cloud {
  const cluster = { name, domain };
  if (cloud === 'aks') return aks(cluster, aksFacts.parse(facts));
  return cloud === 'eks' ? eks(cluster, eksFacts.parse(facts)) : kind(cluster, kindFacts.parse(facts));
}
