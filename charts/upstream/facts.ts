import certManager from './cert-manager.json' with { type: 'json' };
import externalDns from './external-dns.json' with { type: 'json' };
import externalSecrets from './external-secrets.json' with { type: 'json' };
import gatewayApi from './gateway-api.json' with { type: 'json' };
import kubeStateMetrics from './kube-state-metrics.json' with { type: 'json' };
import metricsServer from './metrics-server.json' with { type: 'json' };
import prometheusOperator from './prometheus-operator.json' with { type: 'json' };
import traefik from './traefik.json' with { type: 'json' };
import velero from './velero.json' with { type: 'json' };

/** A rule of a role; in Kubernetes' own terms. */
export interface UpstreamRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** A role that a project brings. */
export interface UpstreamRole {
  readonly kind: string;
  readonly name: string;
  /** The roles of people that it is aggregated to: `view`, `edit`, `admin`. */
  readonly aggregatedTo?: readonly string[];
  readonly rules: readonly UpstreamRule[];
}

/** What a webhook of a project is called for. */
export interface UpstreamWebhook {
  readonly configuration: string;
  readonly name: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly operations: readonly string[];
    readonly resources: readonly string[];
    readonly scope?: string;
  }[];
}

/** A kind that the definitions of a project bring. */
export interface UpstreamKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  readonly scope: string;
  readonly versions: readonly string[];
  /** True if it has the subresource `status`. */
  readonly status: boolean;
}

/** Facts of one version of a project, reduced from its repository. */
export interface UpstreamVersion {
  /** Folders and files that they are read from, each with the SHA-256 of the list of its files' SHA-256. */
  readonly sources: readonly { readonly url: string; readonly sha256: string }[];
  readonly roles: readonly UpstreamRole[];
  readonly webhooks: readonly UpstreamWebhook[];
  readonly kinds: readonly UpstreamKind[];
}

/** Facts of a project by version: of every version that a cluster pins. */
export type UpstreamFacts = Readonly<Record<string, UpstreamVersion>>;

/** The facts of all projects; `slipway upstream --write` writes them. */
export const UPSTREAM_FACTS = {
  'cert-manager': certManager,
  'external-dns': externalDns,
  'external-secrets': externalSecrets,
  'gateway-api': gatewayApi,
  'kube-state-metrics': kubeStateMetrics,
  'metrics-server': metricsServer,
  'prometheus-operator': prometheusOperator,
  traefik,
  velero,
} satisfies Readonly<Record<string, UpstreamFacts>>;

/** A project whose facts are known. */
export type ProjectName = keyof typeof UPSTREAM_FACTS;
