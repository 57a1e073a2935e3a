import type { Component } from '../../component.ts';
import { httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { type Global, leaderElectionFlags, METRICS, POD_NAMESPACE, podProps } from './pods.ts';
import { cainjectorRules } from './rbac.ts';
import type { CertManagerSettings } from './settings.ts';

/** Props of cainjector. */
export interface CaInjectorProps {
  readonly settings: CertManagerSettings['cainjector'];
  readonly global: Global;
  readonly image: string;
  readonly upstream: Upstream;
}

/** Injects CA bundles into annotated webhook configurations and APIServices. */
export function cainjector(component: Component, { settings, global, image, upstream }: CaInjectorProps): void {
  const { name } = new Deployment(component, {
    ...podProps(settings, global),
    role: 'cainjector',
    openings: { egress: [API_SERVER] },
    containers: [
      {
        name: 'cainjector',
        image,
        args: [
          `--v=${global.logLevel}`,
          ...leaderElectionFlags(global),
          '--enable-customresourcedefinitions-injectable=false',
          ...settings.extraArgs,
        ],
        env: POD_NAMESPACE,
        ports: METRICS,
        metrics: { port: 'metrics' },
        resources: { cpu: '10m', cpuLimit: '500m', memory: '256Mi' },
        // It has no health endpoint; its metrics are served once it runs.
        startup: httpProbe('/metrics', 'metrics', { periodSeconds: 2, failureThreshold: 150 }),
        liveness: httpProbe('/metrics', 'metrics', { periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 }),
      },
    ],
  });
  grantInCluster(component, { name, serviceAccount: name, rules: cainjectorRules(upstream) });
  grantInNamespace(component, {
    name,
    serviceAccount: name,
    rules: upstream.rules(['cert-manager-cainjector:leaderelection']),
  });
}
