import { CERT_MANAGER_UPSTREAM } from '../../charts/kinds/cert-manager.ts';
import { EXTERNAL_SECRETS_UPSTREAM } from '../../charts/kinds/external-secrets.ts';
import { GATEWAY_API_UPSTREAM } from '../../charts/kinds/gateway-api.ts';
import type { UpstreamDefinitions } from '../../charts/kinds/kind.ts';
import { PROMETHEUS_OPERATOR_UPSTREAM } from '../../charts/kinds/prometheus-operator.ts';
import { VELERO_UPSTREAM } from '../../charts/kinds/velero.ts';

/** Source of a program: a module folder in `modules`, whose go.mod pins it, and the package to build. */
interface Source {
  readonly module: string;
  readonly package: string;
  /** True if only labs with real nodes run it. */
  readonly real?: true;
  /** Build tags of a program that is linked with C libraries; the others are static. */
  readonly cgo?: string;
  /** Build tags of a static program. */
  readonly tags?: string;
  /** Files that the program embeds, which upstream's build makes and the module `of` lacks: texts by path in it. */
  readonly generated?: { readonly of: string; readonly files: Readonly<Record<string, string>> };
  /** Variables set at link time, from the version of the module `of` in go.mod. */
  readonly stamp?: { readonly of: string; variables(version: string): Readonly<Record<string, string>> };
}

/** An upstream repository whose CRDs come from the Go module that it publishes. */
interface Upstream {
  /** The repository's URL in Applications. */
  readonly url: string;
  readonly module: string;
  /** The module's folder in the repository, if it is not the root. */
  readonly at?: string;
  /** Folders of the module with CRDs. */
  readonly folders: readonly string[];
}

// Without these kubectl cannot parse the server's version.
const kubernetes: Source['stamp'] = { of: 'k8s.io/kubernetes', variables: kubernetesVersion };

// v0.36.1 is that of Kubernetes v1.36.1.
const kubectl: Source['stamp'] = {
  of: 'k8s.io/kubectl',
  variables: (version) => kubernetesVersion(version.replace(/^v0/, 'v1')),
};

function kubernetesVersion(version: string): Readonly<Record<string, string>> {
  const [major, minor] = version.slice(1).split('.');
  const base = 'k8s.io/component-base/version';
  return { [`${base}.gitVersion`]: version, [`${base}.gitMajor`]: major!, [`${base}.gitMinor`]: minor! };
}

const argoCd: Source['stamp'] = {
  of: 'github.com/argoproj/argo-cd/v3',
  variables: (version) => ({ 'github.com/argoproj/argo-cd/v3/common.version': version.slice(1) }),
};

const traefik: Source['stamp'] = {
  of: 'github.com/traefik/traefik/v3',
  variables: (version) => ({ 'github.com/traefik/traefik/v3/pkg/version.Version': version.slice(1) }),
};

const certManager: Source['stamp'] = {
  of: 'github.com/cert-manager/cert-manager',
  variables: (version) => ({ 'github.com/cert-manager/cert-manager/pkg/util.AppVersion': version }),
};

const externalDns: Source['stamp'] = {
  of: 'sigs.k8s.io/external-dns',
  variables: (version) => ({ 'sigs.k8s.io/external-dns/pkg/apis/externaldns.Version': version }),
};

const metricsServer: Source['stamp'] = {
  of: 'sigs.k8s.io/metrics-server',
  variables: (version) => ({ 'k8s.io/client-go/pkg/version.gitVersion': version }),
};

const velero: Source['stamp'] = {
  of: 'github.com/vmware-tanzu/velero',
  variables: (version) => ({ 'github.com/vmware-tanzu/velero/pkg/buildinfo.Version': version }),
};

const mongodbExporter: Source['stamp'] = {
  of: 'github.com/percona/mongodb_exporter',
  variables: (version) => ({ 'main.version': version }),
};

/** What exporters and the programs of Prometheus' own project have their version in. @param of without `v` */
const prometheusCommon = (of: string, release = (version: string) => version) => ({
  of,
  variables: (version: string) => ({ 'github.com/prometheus/common/version.Version': release(version.slice(1)) }),
});

// Go modules from 2.0.0 on have their major version in their paths, which Prometheus avoids: v0.316.0 is 3.16.0.
const prometheus = prometheusCommon('github.com/prometheus/prometheus', (version) =>
  version.replace(/^0\.(\d+)(\d\d)\./, (_, major: string, minor: string) => `${major}.${Number(minor)}.`),
);

/** Without the discovery of targets in clouds, which Kubernetes needs none of: half of what there is to compile. */
const PROMETHEUS_TAGS = 'netgo,remove_all_sd,enable_kubernetes_sd,enable_dns_sd';

const redisExporter: Source['stamp'] = {
  of: 'github.com/oliver006/redis_exporter',
  variables: (version) => ({ 'main.BuildVersion': version }),
};

/** Alertmanager's user interface, which is compiled from Elm. */
const alertmanagerPages: Source['generated'] = {
  of: 'github.com/prometheus/alertmanager',
  files: { 'ui/app/dist/index.html': '<!doctype html><title>Alertmanager</title>Its pages are not in the lab.\n' },
};

function prometheusOperator<T extends string>(command: T) {
  return `github.com/prometheus-operator/prometheus-operator/cmd/${command}` as const;
}

const operator = prometheusCommon('github.com/prometheus-operator/prometheus-operator');

function cni<T extends string>(plugin: T) {
  return `github.com/containernetworking/plugins/plugins/${plugin}` as const;
}

const SOURCES = {
  // One go.mod for all that a lab begins with: what they share is compiled once.
  etcd: { module: 'control-plane', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: 'control-plane', package: 'k8s.io/kubernetes/cmd/kube-apiserver', stamp: kubernetes },
  'kube-controller-manager': {
    module: 'control-plane',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    stamp: kubernetes,
  },
  'kube-scheduler': { module: 'control-plane', package: 'k8s.io/kubernetes/cmd/kube-scheduler', stamp: kubernetes },
  kwok: { module: 'control-plane', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  redis: { module: 'redis', package: '.' },
  // Argo CD runs it for folders with a kustomization.yaml.
  kustomize: { module: 'kustomize', package: 'sigs.k8s.io/kustomize/kustomize/v5' },
  argocd: { module: 'control-plane', package: 'github.com/argoproj/argo-cd/v3/cmd', stamp: argoCd },
  // Controllers, one binary each; cert-manager's has four subcommands.
  'cert-manager': { module: 'cert-manager', package: '.', stamp: certManager },
  'external-dns': { module: 'external-dns', package: 'sigs.k8s.io/external-dns', stamp: externalDns },
  'prometheus-operator': { module: 'prometheus-operator', package: prometheusOperator('operator'), stamp: operator },
  'prometheus-admission-webhook': {
    module: 'prometheus-operator',
    package: prometheusOperator('admission-webhook'),
    stamp: operator,
  },
  traefik: { module: 'traefik', package: 'github.com/traefik/traefik/v3/cmd/traefik', stamp: traefik },
  // Slipway runs it for entries of `manifests` that are charts.
  helm: { module: 'helm', package: 'helm.sh/helm/v4/cmd/helm' },
  // A node: its agent and proxy, the container runtime, the plugins that connect pods, the firewall, DNS.
  kubelet: { module: 'control-plane', package: 'k8s.io/kubernetes/cmd/kubelet', stamp: kubernetes, real: true },
  'kube-proxy': { module: 'control-plane', package: 'k8s.io/kubernetes/cmd/kube-proxy', stamp: kubernetes, real: true },
  containerd: { module: 'containerd', package: 'github.com/containerd/containerd/v2/cmd/containerd', real: true },
  'containerd-shim-runc-v2': {
    module: 'containerd',
    package: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
    real: true,
  },
  ctr: { module: 'containerd', package: 'github.com/containerd/containerd/v2/cmd/ctr', real: true },
  runc: { module: 'runc', package: 'github.com/opencontainers/runc', cgo: 'seccomp', real: true },
  bridge: { module: 'cni', package: cni('main/bridge'), real: true },
  'host-local': { module: 'cni', package: cni('ipam/host-local'), real: true },
  loopback: { module: 'cni', package: cni('main/loopback'), real: true },
  portmap: { module: 'cni', package: cni('meta/portmap'), real: true },
  'kube-router': {
    module: 'kube-router',
    package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
    real: true,
  },
  coredns: { module: 'coredns', package: 'github.com/coredns/coredns', real: true },
  pause: { module: 'pause', package: '.', real: true },
  // What runs in containers; the controllers above do as well.
  'metrics-server': {
    module: 'metrics-server',
    package: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    stamp: metricsServer,
    real: true,
  },
  kubectl: { module: 'kubectl', package: '.', stamp: kubectl, real: true },
  'external-secrets': { module: 'external-secrets', package: '.', real: true },
  velero: { module: 'velero', package: 'github.com/vmware-tanzu/velero/cmd/velero', stamp: velero, real: true },
  'velero-helper': { module: 'velero', package: 'github.com/vmware-tanzu/velero/cmd/velero-helper', real: true },
  'velero-restore-helper': {
    module: 'velero',
    package: 'github.com/vmware-tanzu/velero/cmd/velero-restore-helper',
    real: true,
  },
  'velero-plugin-for-aws': {
    module: 'velero',
    package: 'github.com/vmware-tanzu/velero-plugin-for-aws/velero-plugin-for-aws',
    real: true,
  },
  'cp-plugin': {
    module: 'velero',
    package: 'github.com/vmware-tanzu/velero-plugin-for-aws/hack/cp-plugin',
    real: true,
  },
  // Their tags are none of a Go module's; this is 100.11.0.
  mongodump: { module: 'mongo-tools', package: 'github.com/mongodb/mongo-tools/mongodump/main', real: true },
  mongorestore: { module: 'mongo-tools', package: 'github.com/mongodb/mongo-tools/mongorestore/main', real: true },
  'mongodb-exporter': {
    module: 'mongodb-exporter',
    package: 'github.com/percona/mongodb_exporter',
    stamp: mongodbExporter,
    real: true,
  },
  'prometheus-config-reloader': {
    module: 'prometheus-operator',
    package: prometheusOperator('prometheus-config-reloader'),
    stamp: operator,
    real: true,
  },
  prometheus: {
    module: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    stamp: prometheus,
    tags: PROMETHEUS_TAGS,
    real: true,
  },
  promtool: {
    module: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    stamp: prometheus,
    tags: PROMETHEUS_TAGS,
    real: true,
  },
  alertmanager: {
    module: 'alertmanager',
    package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    stamp: prometheusCommon('github.com/prometheus/alertmanager'),
    generated: alertmanagerPages,
    real: true,
  },
  amtool: {
    module: 'alertmanager',
    package: 'github.com/prometheus/alertmanager/cmd/amtool',
    stamp: prometheusCommon('github.com/prometheus/alertmanager'),
    real: true,
  },
  'node-exporter': {
    module: 'node-exporter',
    package: 'github.com/prometheus/node_exporter',
    stamp: prometheusCommon('github.com/prometheus/node_exporter'),
    real: true,
  },
  'blackbox-exporter': {
    module: 'blackbox-exporter',
    package: 'github.com/prometheus/blackbox_exporter',
    stamp: prometheusCommon('github.com/prometheus/blackbox_exporter'),
    real: true,
  },
  'kube-state-metrics': {
    module: 'kube-state-metrics',
    package: 'k8s.io/kube-state-metrics/v2',
    stamp: prometheusCommon('k8s.io/kube-state-metrics/v2'),
    real: true,
  },
  'postgres-exporter': {
    module: 'postgres-exporter',
    package: 'github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter',
    stamp: prometheusCommon('github.com/prometheus-community/postgres_exporter'),
    real: true,
  },
  'redis-exporter': {
    module: 'redis-exporter',
    package: 'github.com/oliver006/redis_exporter',
    stamp: redisExporter,
    real: true,
  },
  reloader: { module: 'reloader', package: '.', real: true },
  weed: { module: 'object-store', package: 'github.com/seaweedfs/seaweedfs/weed', real: true },
} as const satisfies Record<string, Source>;

/** A program of the lab. */
export type Program = keyof typeof SOURCES;

/** All programs with their sources, in build order. */
export const PROGRAMS: Readonly<Record<Program, Source>> = SOURCES;

/** The module folder whose go.mod pins the upstreams below. */
export const DEFINITIONS = 'definitions' as const;

/** Repository and folders as the kinds declare them, which Applications sync. */
const declared = ({ repository, paths }: UpstreamDefinitions) => ({ url: `${repository}.git`, folders: paths });

/** The upstream repositories whose CRDs the lab has offline. */
export const UPSTREAMS: readonly Upstream[] = [
  {
    url: 'https://github.com/argoproj/argo-cd.git',
    module: 'github.com/argoproj/argo-cd/v3',
    folders: ['manifests/crds'],
  },
  { ...declared(CERT_MANAGER_UPSTREAM), module: 'github.com/cert-manager/cert-manager' },
  { ...declared(EXTERNAL_SECRETS_UPSTREAM), module: 'github.com/external-secrets/external-secrets' },
  {
    url: 'https://github.com/kubernetes-csi/external-snapshotter.git',
    module: 'github.com/kubernetes-csi/external-snapshotter/client/v8',
    at: 'client',
    folders: ['config/crd'],
  },
  { ...declared(GATEWAY_API_UPSTREAM), module: 'sigs.k8s.io/gateway-api' },
  { ...declared(PROMETHEUS_OPERATOR_UPSTREAM), module: 'github.com/prometheus-operator/prometheus-operator' },
  { ...declared(VELERO_UPSTREAM), module: 'github.com/vmware-tanzu/velero' },
];
