/** Where the rights that a project asks for, and the kinds that it brings, stand in its repository. */
export interface UpstreamProject {
  /** Name of the facts: `charts/upstream/<name>.json`. */
  readonly name: string;
  /** The pin whose version is the tag of the repository. */
  readonly pin: string;
  /** `https://github.com/cert-manager/cert-manager` */
  readonly repository: string;
  /** A Helm chart, as a folder of the repository, with the values that it cannot do without. */
  readonly chart?: { readonly path: string; readonly values?: Readonly<Record<string, string | string[]>> };
  /** Files with plain YAML, and folders of them, in the repository. */
  readonly yaml?: readonly string[];
}

/**
 * The projects whose controllers are rendered here. Rights are taken from what the project itself publishes for its
 * default installation, before anything is left out here.
 */
export const UPSTREAM_PROJECTS: readonly UpstreamProject[] = [
  {
    name: 'cert-manager',
    pin: 'cert-manager',
    repository: 'https://github.com/cert-manager/cert-manager',
    chart: { path: 'deploy/charts/cert-manager' },
    yaml: ['deploy/crds'],
  },
  {
    name: 'external-dns',
    pin: 'external-dns',
    repository: 'https://github.com/kubernetes-sigs/external-dns',
    // Its rights depend on its sources.
    chart: { path: 'charts/external-dns', values: { policy: 'upsert-only', sources: ['gateway-httproute'] } },
  },
  {
    name: 'external-secrets',
    pin: 'external-secrets',
    repository: 'https://github.com/external-secrets/external-secrets',
    chart: { path: 'deploy/charts/external-secrets' },
    yaml: ['config/crds/bases'],
  },
  {
    name: 'gateway-api',
    pin: 'gateway-api',
    repository: 'https://github.com/kubernetes-sigs/gateway-api',
    yaml: ['config/crd/standard'],
  },
  {
    name: 'kube-state-metrics',
    pin: 'kube-state-metrics',
    repository: 'https://github.com/kubernetes/kube-state-metrics',
    yaml: ['examples/standard/cluster-role.yaml'],
  },
  {
    name: 'metrics-server',
    pin: 'metrics-server',
    repository: 'https://github.com/kubernetes-sigs/metrics-server',
    yaml: ['manifests/base/rbac.yaml'],
  },
  {
    name: 'prometheus-operator',
    pin: 'prometheus-operator',
    repository: 'https://github.com/prometheus-operator/prometheus-operator',
    yaml: [
      'example/rbac/prometheus-operator/prometheus-operator-cluster-role.yaml',
      'example/rbac/prometheus/prometheus-cluster-role.yaml',
      'example/prometheus-operator-crd',
    ],
  },
  {
    name: 'traefik',
    pin: 'traefik',
    repository: 'https://github.com/traefik/traefik',
    yaml: ['docs/content/reference/dynamic-configuration/kubernetes-gateway-rbac.yml'],
  },
  {
    name: 'velero',
    pin: 'velero',
    repository: 'https://github.com/vmware-tanzu/velero',
    yaml: ['config/rbac/role.yaml', 'config/crd/v1/bases', 'config/crd/v2alpha1/bases'],
  },
];
