import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { controllerProbes } from '../../lib/controller-probes.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { WORKLOAD_ALERTS, WORKLOAD_RECORDINGS } from './alerts.ts';
import dashboard from './dashboards/workload.json' with { type: 'json' };
import type { kubeStateMetricsSettings } from './settings.ts';

/** Props of kube-state-metrics. */
export interface KubeStateMetricsProps extends Readonly<z.output<typeof kubeStateMetricsSettings>> {
  readonly image: string;
  /** What it asks for at this version. */
  readonly upstream: Upstream;
}

const METRICS = 8080;
const OWN_METRICS = 8081;

/** Resources that rules and dashboards read, in the plural; it may list no others. */
const RESOURCES = [
  'cronjobs',
  'daemonsets',
  'deployments',
  'horizontalpodautoscalers',
  'jobs',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'resourcequotas',
  'statefulsets',
];

/** kube-state-metrics: says what the API server knows of objects, such as replicas that are wanted and that are there. */
export class KubeStateMetrics extends Component {
  override readonly rules = [{ name: 'workloads', alerts: WORKLOAD_ALERTS, recordings: WORKLOAD_RECORDINGS }];
  override readonly dashboards = [dashboard];

  constructor(props: KubeStateMetricsProps) {
    super('kube-state-metrics', { tier: 'monitoring' });
    const { name } = new Deployment(this, {
      settings: props,
      role: 'server',
      apiAccess: true,
      containers: [this.container(props)],
      openings: { egress: [API_SERVER] },
    });
    grantInCluster(this, { name, serviceAccount: name, rules: rules(props.upstream) });
    props.upstream.checkSettled();
  }

  private container({ image }: KubeStateMetricsProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: [`--port=${METRICS}`, `--telemetry-port=${OWN_METRICS}`, `--resources=${RESOURCES.join(',')}`],
      ports: { metrics: METRICS, 'own-metrics': OWN_METRICS },
      metrics: [{ port: 'metrics', about: 'others' }, { port: 'own-metrics' }],
      resources: { cpu: '20m', cpuLimit: '500m', memory: '192Mi' },
      // `/livez` asks the API server: a restart does not help while that is away.
      ...controllerProbes('/healthz', 'metrics'),
      readiness: httpProbe('/readyz', 'own-metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    };
  }
}

const NO_TOKENS = 'it asks for no token: the network policy names who may ask it';

function rules(upstream: Upstream) {
  const because = 'no rule and no dashboard reads it';
  const without = (group: string, ...resources: readonly string[]) => ({ group, resources, because });
  return upstream.rules(['kube-state-metrics'], {
    without: [
      without(
        '',
        'configmaps',
        'secrets',
        'services',
        'serviceaccounts',
        'replicationcontrollers',
        'limitranges',
        'endpoints',
      ),
      without('certificates.k8s.io', 'certificatesigningrequests'),
      without('discovery.k8s.io', 'endpointslices'),
      without('storage.k8s.io', 'storageclasses', 'volumeattachments'),
      without(
        'admissionregistration.k8s.io',
        'mutatingadmissionpolicies',
        'mutatingadmissionpolicybindings',
        'mutatingwebhookconfigurations',
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
        'validatingwebhookconfigurations',
      ),
      without('networking.k8s.io', 'networkpolicies', 'ingressclasses', 'ingresses'),
      without('coordination.k8s.io', 'leases'),
      without('rbac.authorization.k8s.io', 'clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'),
      { group: 'authentication.k8s.io', resources: ['tokenreviews'], because: NO_TOKENS },
      { group: 'authorization.k8s.io', resources: ['subjectaccessreviews'], because: NO_TOKENS },
    ],
  });
}
