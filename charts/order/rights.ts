import { podSpecOf } from '../kinds/references.ts';
import { identityOf, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';

/** The RBAC rules of workloads, by their ServiceAccounts. */
export class Rights {
  /** Identities of the roles that a ServiceAccount is bound to. */
  private readonly roles = new Map<string, Set<string>>();
  /** Rules by the identity of their role. */
  private readonly rules = new Map<string, readonly unknown[]>();

  /** @param manifests every object of a cluster */
  constructor(manifests: readonly Manifest[]) {
    for (const manifest of manifests) {
      if (manifest.kind === 'Role' || manifest.kind === 'ClusterRole')
        this.rules.set(identityOf(manifest), listAt(manifest, 'rules'));
      if (manifest.kind === 'RoleBinding' || manifest.kind === 'ClusterRoleBinding') this.bind(manifest);
    }
  }

  /** The rules of the ServiceAccount that an object's pods run as; none for an object without pods. */
  of(workload: Manifest): unknown[] {
    const account = textAt(podSpecOf(workload)?.spec, 'serviceAccountName');
    const roles = this.roles.get(accountKey(workload.metadata.namespace, account)) ?? [];
    return [...roles].flatMap((role) => this.rules.get(role) ?? (role === CLUSTER_ADMIN ? EVERYTHING : []));
  }

  private bind(binding: Manifest): void {
    for (const subject of listAt(binding, 'subjects')) {
      const key = accountKey(textAt(subject, 'namespace'), textAt(subject, 'name'));
      this.roles.set(key, (this.roles.get(key) ?? new Set()).add(roleOf(binding)));
    }
  }
}

/** A role that every API server has. */
const CLUSTER_ADMIN = objectIdentity('rbac.authorization.k8s.io', 'ClusterRole', undefined, 'cluster-admin');
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

function accountKey(namespace = '', name = ''): string {
  return `${namespace}/${name}`;
}

/** The identity of the role that a binding gives. */
function roleOf(binding: Manifest): string {
  const kind = textAt(binding, 'roleRef', 'kind') ?? '';
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return objectIdentity('rbac.authorization.k8s.io', kind, namespace, textAt(binding, 'roleRef', 'name') ?? '');
}
