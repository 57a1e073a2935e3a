import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import { CONFIRM, KEEP } from './argo.ts';

/** Namespaces of Kubernetes and of Argo CD, which nobody else may claim. */
export const RESERVED_NAMESPACES = /^(kube-.*|argocd|default)$/;

/** Pod Security levels (kubernetes.io/docs/concepts/security/pod-security-standards). */
export type PodSecurity = 'restricted' | 'baseline' | 'privileged';

/** Options of a namespace. */
export interface NamespaceProps {
  readonly name: string;
  /** Pod Security level that it enforces. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** True if it has data that must outlive its component: it is then never deleted. @default false */
  readonly keep?: boolean;
}

/** A namespace that enforces Pod Security, with a default-deny NetworkPolicy for ingress and egress. */
export function hardenedNamespace(
  scope: Construct,
  { name, podSecurity = 'restricted', keep = false }: NamespaceProps,
): void {
  new k8s.KubeNamespace(scope, `Namespace.${name}`, {
    metadata: {
      name,
      annotations: keep ? KEEP : CONFIRM,
      labels: {
        'pod-security.kubernetes.io/enforce': podSecurity,
        'pod-security.kubernetes.io/enforce-version': 'latest',
        'pod-security.kubernetes.io/audit': podSecurity,
        'pod-security.kubernetes.io/warn': podSecurity,
      },
    },
  });
  new k8s.KubeNetworkPolicy(scope, `NetworkPolicy.${name}.default-deny`, {
    metadata: { name: 'default-deny', namespace: name },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}
