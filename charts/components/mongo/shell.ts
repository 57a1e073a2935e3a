import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, scratch } from '../../lib/container.ts';

const CONFIG = 'mongosh';

/** What mongosh needs in a container with a read-only root: its configuration and a writable home. */
export const SHELL = {
  // The home of the image's user is the data directory.
  env: { HOME: '/tmp' },
  mounts: {
    '/tmp': { volume: 'tmp', readOnly: false },
    '/etc/mongosh.conf': { volume: 'shell', subPath: 'mongosh.conf' },
  },
  volumes: [scratch('tmp', '128Mi'), { name: 'shell', configMap: { name: CONFIG } }],
} as const satisfies Partial<ContainerProps> & { readonly volumes: readonly k8s.Volume[] };

/** Configuration of mongosh. It runs for every probe, so log files and telemetry are disabled. */
export function shellConfig(component: Component): void {
  new k8s.KubeConfigMap(component, `ConfigMap.${CONFIG}`, {
    metadata: { name: CONFIG },
    data: { 'mongosh.conf': 'mongosh:\n  disableLogging: true\n  enableTelemetry: false\n' },
  });
}
