import { ApiObject } from 'cdk8s';
import type { z } from 'zod';
import type { WorkloadIdentity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { httpProbe } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { lazy } from '../../lib/lazy.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { API_SERVER } from '../../lib/network.ts';
import { aggregateToPeople, grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import type { ClusterSecretStore, SecretStoreProvider } from '../../lib/types/external-secrets.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { EXTERNAL_SECRETS_ALERTS } from './alerts.ts';
import { accessOf, namespacesUsing, type StoreAccess } from './access.ts';
import { givenBy } from './given.ts';
import { localStore } from './local-store.ts';
import { storePolicies } from './policies.ts';
import { controllerRules, leaderElectionRules, leaveOutOthers } from './rules.ts';
import type { externalSecretsSettings } from './settings.ts';
import { webhook } from './webhook.ts';

/** Props of External Secrets. */
export interface ExternalSecretsProps extends Readonly<z.output<typeof externalSecretsSettings>> {
  /** Image of the controller and the webhook. */
  readonly image: string;
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** Provider of the cluster's secret store. */
  readonly provider: SecretStoreProvider;
  /** Prefix of every name in the store. */
  readonly keyPrefix: string;
  /** Regions to which the store copies what is written to it. @default none */
  readonly replicaRegions?: readonly string[];
  /** Names, without the prefix, of the entries that people keep in the store. */
  readonly given: readonly string[];
  /** Cloud identity of the controller. */
  readonly identity: WorkloadIdentity;
}

/** Name of the only ClusterSecretStore. */
const STORE = 'cluster';

/** External Secrets: syncs Secrets from the cluster's secret store, and writes generated secrets to it. */
export class ExternalSecrets extends Component {
  override readonly rules = [{ name: 'external-secrets', alerts: EXTERNAL_SECRETS_ALERTS }];
  /** Interface for components to generate and read secrets. */
  readonly store: SecretStore;
  private readonly provider: SecretStoreProvider;
  private access = accessOf([]);

  constructor(props: ExternalSecretsProps) {
    super('external-secrets', { tier: 'platform' });
    this.provider = props.provider;
    this.store = {
      name: STORE,
      keyPrefix: props.keyPrefix,
      replicaRegions: props.replicaRegions,
      given: givenBy(props),
    };
    this.controller(props);
    webhook(this, props);
    this.people(props.upstream);
    storePolicies(this, { upstream: props.upstream, controller: this.name, access: () => this.withOwnStores() });
    this.clusterStore();
    if ('kubernetes' in props.provider) localStore(this, props.provider.kubernetes, this.name);
  }

  /** Takes from the objects of the others who may read and write which entries. */
  override derive(manifests: readonly Manifest[]): void {
    this.access = accessOf(manifests);
  }

  private withOwnStores(): StoreAccess {
    const own = this.node
      .findAll()
      .filter((node) => ApiObject.isApiObject(node))
      .filter(({ kind }) => kind === 'ClusterSecretStore')
      .map(({ kind, name }) => `${kind}/${name}`);
    const { objects } = this.access;
    return { ...this.access, objects: new Map([...objects, ['', new Set([...(objects.get('') ?? []), ...own])]]) };
  }

  private clusterStore(): void {
    this.add<ClusterSecretStore>({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterSecretStore',
      metadata: { name: STORE },
      // A condition with no namespaces permits none; without a condition every namespace would be permitted.
      spec: { provider: this.provider, conditions: [{ namespaces: lazy(() => namespacesUsing(this.access, STORE)) }] },
    });
  }

  private controller(props: ExternalSecretsProps): void {
    const { image, upstream, replicas, identity } = props;
    const { name } = new Deployment(this, {
      settings: props,
      role: 'controller',
      name: this.name,
      replicas,
      apiAccess: true,
      serviceAccountAnnotations: identity.serviceAccountAnnotations,
      podLabels: identity.podLabels,
      openings: { egress: [API_SERVER, ...identity.openings] },
      containers: [
        {
          name: 'controller',
          image,
          args: CONTROLLER_ARGS,
          env: identity.env,
          ports: { metrics: 8080, health: 8082 },
          metrics: { port: 'metrics' },
          resources: { cpu: '20m', cpuLimit: '500m', memory: '256Mi' },
          startup: httpProbe('/healthz', 'health', { periodSeconds: 2, failureThreshold: 30 }),
          liveness: httpProbe('/healthz', 'health', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 5 }),
          readiness: httpProbe('/readyz', 'health', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 }),
        },
      ],
    });
    grantInCluster(this, { name, serviceAccount: name, rules: controllerRules(upstream) });
    grantInNamespace(this, { name, serviceAccount: name, rules: leaderElectionRules(upstream) });
  }

  private people(upstream: Upstream): void {
    aggregateToPeople(this, upstream.rolesOfPeople());
    leaveOutOthers(upstream);
    upstream.checkSettled();
  }
}

const CONTROLLER_ARGS = [
  // Needed for a single replica too: during a rollout two pods run, and each secret must be generated only once.
  '--enable-leader-election',
  // There is only one, cluster-scoped store, and no cluster-scoped ExternalSecrets or PushSecrets.
  '--enable-secret-store-reconciler=false',
  '--enable-cluster-external-secret-reconciler=false',
  '--enable-cluster-push-secret-reconciler=false',
  // One object whose provider does not answer must not hold up all others: its health checks would not tell.
  '--concurrent=4',
  '--metrics-addr=:8080',
  '--live-addr=:8082',
  '--zap-time-encoding=rfc3339',
];
