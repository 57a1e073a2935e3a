import type { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { controllerProbes } from '../../lib/controller-probes.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInNamespace } from '../../lib/rbac.ts';
import { RELOADER_ALERTS } from './alerts.ts';
import type { reloaderSettings } from './settings.ts';

/** Props of Reloader. */
export interface ReloaderProps extends Readonly<z.output<typeof reloaderSettings>> {
  readonly image: string;
  /** Namespaces whose Secrets it watches; at least one, because without any it would watch all. */
  readonly namespaces: readonly string[];
}

const PORT = 9090;

/**
 * Reloader: rolls the workloads whose annotations name a Secret when that Secret changes, which happens in the cluster and so
 * changes nothing in dist. ConfigMaps are in dist, where a checksum does it.
 */
export class Reloader extends Component {
  override readonly rules = [{ name: 'reloader', alerts: RELOADER_ALERTS }];

  constructor(props: ReloaderProps) {
    super('reloader', { tier: 'platform' });
    const { name } = new Deployment(this, {
      settings: props,
      role: 'server',
      // Two would both roll.
      strategy: 'Recreate',
      apiAccess: true,
      openings: { egress: [API_SERVER] },
      containers: [this.container(props)],
    });
    for (const namespace of props.namespaces)
      grantInNamespace(this, { name: this.name, serviceAccount: name, rules: RULES }, namespace);
  }

  private container({ image, namespaces }: ReloaderProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: [
        `--namespaces=${namespaces.join(',')}`,
        '--resources-to-ignore=configmaps',
        '--ignored-workload-types=jobs,cronjobs',
        // An annotation of the pod template is in no manifest, so Argo CD leaves it alone; a variable would be a change.
        '--reload-strategy=annotations',
        '--log-format=json',
      ],
      ports: { http: PORT },
      metrics: { port: 'http' },
      resources: { cpu: '10m', cpuLimit: '500m', memory: '128Mi' },
      ...controllerProbes('/live', 'http'),
      readiness: httpProbe('/metrics', 'http', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    };
  }
}

/**
 * In each namespace that it watches. Of upstream's rights it has neither those on ConfigMaps, Jobs, CronJobs and leases,
 * which these flags make needless, nor `update`, since it patches.
 */
const RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments', 'daemonsets', 'statefulsets'], verbs: ['get', 'list', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];
