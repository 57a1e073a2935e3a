import type { PlannedCluster } from '../cluster-file.ts';

/** The file beside the components' folders that Terraform reads; Argo CD syncs the folders alone. */
export const TERRAFORM_INPUT = 'cluster.json';

/** What bootstrap/modules/settings reads of a cluster: nothing that Terraform itself finds out. */
export function terraformInput({ name, settings: { cloud, domain }, pins }: PlannedCluster): string {
  const { version, files } = pins.of('argo-cd').tag('argo-cd');
  return `${JSON.stringify({ name, cloud, domain, argoCd: { version, files } }, null, 2)}\n`;
}
