import { k8s } from 'cdk8s-plus-28';
import { Component, type HandedOutProject } from '../../component.ts';
import { hardenedNamespace } from '../../lib/namespace.ts';
import { lazy } from '../../lib/lazy.ts';
import { connect, type Endpoint, HTTPS_ANYWHERE, type Openings, policySpec } from '../../lib/network.ts';
import { bindGroupInNamespace } from '../../lib/rbac.ts';
import type { HostBinding } from '../../lib/route.ts';
import { limitRange, noPriority, quota } from './limits.ts';
import { DEVELOPER_RULES, TENANT_KINDS } from './rules.ts';
import { tenantComponent, type TenantSettings } from './settings.ts';

/** Props of a tenant. */
export interface TenantProps extends Omit<TenantSettings, 'namespaces' | 'hosts'> {
  /** Its namespaces, of which the first is that of its Application. */
  readonly namespaces: readonly string[];
  /** The hosts that its routes may serve. */
  readonly bindings: readonly HostBinding[];
}

/** Name of the tenant's policy, role and limits in each of its namespaces. */
const NAME = 'tenant';

/**
 * Namespaces for a team that deploys by Applications of its own: each with a quota, defaults for containers, network
 * policies and permissions, which the team cannot change.
 *
 * They are pruned or deleted only after confirmation, and not kept: the Application would take quota, policies and
 * permissions along while the pods run on in a namespace that stays. What it waits for, it removes all together.
 */
export class Tenant extends Component {
  override readonly projects: readonly HandedOutProject[];
  override readonly othersVolumes: readonly string[];
  private readonly namespaces: readonly string[];

  constructor(tenant: string, props: TenantProps) {
    const { namespaces } = props;
    super(tenantComponent(tenant), { tier: 'apps', ownNamespace: false, namespace: namespaces[0] });
    this.namespaces = namespaces;
    this.othersVolumes = props.quota.storage ? namespaces : [];
    this.projects = [projectOf(tenant, props)];
    for (const namespace of namespaces) {
      hardenedNamespace(this, { name: namespace });
      quota(this, NAME, namespace, props.quota);
      noPriority(this, `${NAME}-priority`, namespace);
      limitRange(this, NAME, namespace, props.limits);
      this.traffic(namespace, props);
      if (props.group)
        bindGroupInNamespace(this, { name: NAME, group: props.group, rules: DEVELOPER_RULES, namespace });
    }
  }

  /** All pods of a namespace: which workloads the tenant runs, and by which labels, is not known here. */
  private traffic(namespace: string, { port, bindings, internet, quota: { loadBalancers } }: TenantProps): void {
    const endpoint: Endpoint = { name: `${this.name}/${namespace}`, pods: { namespace }, ports: { http: port } };
    const openings: Openings = {
      ingress: loadBalancers > 0 ? [{ tcp: [port] }] : [],
      egress: internet ? [HTTPS_ANYWHERE] : [],
    };
    new k8s.KubeNetworkPolicy(this, `NetworkPolicy.${namespace}.${NAME}`, {
      metadata: { name: NAME, namespace },
      spec: lazy(() => ({ ...policySpec({}, openings, [endpoint], this), podSelector: {} })),
    });
    this.internalTraffic(namespace);
    for (const gateway of new Set(bindings.map((binding) => binding.gateway))) connect(gateway, endpoint, 'http');
  }

  /** Traffic among the tenant's namespaces, on every port. */
  private internalTraffic(namespace: string): void {
    const own = this.namespaces.map((name) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    }));
    const ports = ['TCP', 'UDP'].map((protocol) => ({
      protocol,
      port: k8s.IntOrString.fromNumber(1),
      endPort: 65_535,
    }));
    new k8s.KubeNetworkPolicy(this, `NetworkPolicy.${namespace}.${NAME}-internal`, {
      metadata: { name: `${NAME}-internal`, namespace },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: own, ports }],
        egress: [{ to: own, ports }],
      },
    });
  }
}

/** The project of the tenant's own Applications. The dot keeps it apart from the projects of components, DNS labels. */
function projectOf(tenant: string, { repositories, namespaces, group }: TenantProps): HandedOutProject {
  return {
    name: `${tenant}.${NAME}`,
    description: `Applications of the tenant ${tenant}`,
    repositories,
    namespaces,
    kinds: TENANT_KINDS,
    // The API server adds its prefix to the names of groups; Argo CD reads them as the identity provider sends them.
    groups: group ? [group.replace(/^oidc:/, '')] : [],
  };
}
