import { z } from 'zod';
import type { Cloud } from './cloud/cloud.ts';
import { checkNames } from './cluster-names.ts';
import { type CloudName, cloudName, type FactsByCloud } from './cloud/clouds.ts';
import { alertmanagerSettings } from './components/alertmanager/settings.ts';
import { blackboxExporterSettings } from './components/blackbox-exporter/settings.ts';
import { certManagerSettings } from './components/cert-manager/cert-manager.ts';
import { externalDnsSettings } from './components/external-dns/settings.ts';
import { externalSecretsSettings, givenSecrets } from './components/external-secrets/settings.ts';
import { gatewaySettings } from './components/gateway/settings.ts';
import { kubeStateMetricsSettings } from './components/kube-state-metrics/settings.ts';
import { grafanaSettings } from './components/grafana/settings.ts';
import { entryName, manifestsSettings } from './components/manifests/settings.ts';
import { metricsServerSettings } from './components/metrics-server/settings.ts';
import { mongoSection } from './components/mongo/settings.ts';
import { nestServiceSettings } from './components/nest-service/settings.ts';
import { nodeExporterSettings } from './components/node-exporter/settings.ts';
import { objectStoreSection } from './components/object-store/settings.ts';
import { postfactoSection } from './components/postfacto/settings.ts';
import { prometheusOperatorSettings } from './components/prometheus-operator/settings.ts';
import { prometheusSettings } from './components/prometheus/settings.ts';
import { reloaderSettings } from './components/reloader/settings.ts';
import { tenantsSettings } from './components/tenant/settings.ts';
import { restoreDrillSettings } from './components/restore-drill/settings.ts';
import { veleroSettings } from './components/velero/settings.ts';
import { componentNameSetting } from './lib/component-name.ts';
import { domainName } from './lib/host.ts';
import type { Held } from './holds.ts';
import type { Manifest } from './lib/manifest.ts';
import { overridesSettings } from './overrides.ts';
import type { Pins } from './pins.ts';
import { registriesSettings } from './registries.ts';
import { alertsSettings } from './rules/alerts.ts';
import { waiverSchema } from './waivers.ts';

/** The sections of a cluster file, each by itself. */
export const sections = z.strictObject({
  /** Where the cluster runs; selects the schema of facts.json. */
  cloud: cloudName,
  /** DNS domain of the cluster's hosts. */
  domain: domainName,

  certManager: certManagerSettings,
  externalSecrets: externalSecretsSettings,
  /** Entries that people put into the secret store. @default none */
  secrets: givenSecrets.default([]),
  /** Registries that want a login, and the entries of `secrets` with their credentials. @default none */
  registries: registriesSettings.default({}),
  gateway: gatewaySettings,
  externalDns: externalDnsSettings.optional(),
  metricsServer: metricsServerSettings.optional(),
  reloader: reloaderSettings.optional(),
  objectStore: objectStoreSection.optional(),
  velero: veleroSettings.optional(),
  restoreDrill: restoreDrillSettings.optional(),

  prometheusOperator: prometheusOperatorSettings.optional(),
  prometheus: prometheusSettings.optional(),
  alertmanager: alertmanagerSettings.optional(),
  grafana: grafanaSettings.optional(),
  nodeExporter: nodeExporterSettings.optional(),
  kubeStateMetrics: kubeStateMetricsSettings.optional(),
  blackboxExporter: blackboxExporterSettings.optional(),
  /** Changes of alerts, by their names. @default none */
  alerts: alertsSettings.default({}),

  mongo: mongoSection.optional(),

  postfacto: postfactoSection.optional(),
  services: z.record(componentNameSetting, nestServiceSettings).default({}),

  /** Teams with namespaces, a quota and a project of their own. */
  tenants: tenantsSettings.default({}),
  /** Components made of a chart, a kustomization or YAML. */
  manifests: z.record(entryName, manifestsSettings).default({}),
  /** Invariants that objects of `manifests` need not meet. */
  waivers: z.array(waiverSchema).default([]),
  overrides: overridesSettings.default([]),
});

/** Schema of a cluster file. An optional section that is omitted is not deployed. */
export const clusterSchema = sections.superRefine(checkNames);

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
  /** File and line of a setting, for messages, by its path: `['services', 'restaurants']`. */
  readonly at: (path: readonly (string | number)[]) => string;
}

/** A cluster, read and checked: what the composition root needs. */
export interface Cluster extends PlannedCluster {
  /** What facts.json says, checked by the schema of the cloud. */
  readonly facts: FactsByCloud[CloudName];
  readonly cloud: Cloud;
  /** The objects of each entry of `manifests`, rendered from its source. */
  readonly sources: Readonly<Record<string, readonly Manifest[]>>;
  /** Components that keep an earlier rendering. @default none */
  readonly held?: Held;
}

/** Gives a cluster file its type: a missing section or a misspelt field is a compile error. */
export function defineCluster(cluster: ClusterFile): ClusterFile {
  return cluster;
}
