import type { Component } from '../../component.ts';
import { admissionPolicy, celText, celTextsByName } from '../../lib/admission.ts';

/** What the policies permit. */
export interface HostPoliciesProps {
  /** GatewayClass of the gateway. */
  readonly gatewayClass: string;
  /** Hosts by the namespaces that may route them; evaluated when the policy is rendered. */
  readonly hosts: () => ReadonlyMap<string, readonly string[]>;
}

const GROUP = 'gateway.networking.k8s.io';

/** external-dns writes records for the hosts of this annotation too, and cannot be told otherwise. */
const HOSTNAME_ANNOTATION = 'external-dns.alpha.kubernetes.io/hostname';
const ANNOTATED = `(has(object.metadata.annotations) && ${celText(HOSTNAME_ANNOTATION)} in object.metadata.annotations)`;

/** Kinds of routes with hosts. */
const ROUTES = ['httproutes', 'grpcroutes', 'tlsroutes'];

/**
 * Ties hosts to namespaces. A listener permits namespaces, but not which of its hosts each of them may route: the API
 * server refuses a route of another namespace's host, and Gateways elsewhere that would serve any host.
 *
 * The gateway's own namespace is exempt: cert-manager adds routes for challenges of every host there.
 */
export function hostPolicies(component: Component, { gatewayClass, hosts }: HostPoliciesProps): void {
  const home = celText(component.name);
  const elsewhere = { elsewhere: `request.namespace != ${home}` };
  admissionPolicy(component, {
    name: 'route-hosts',
    reviews: [{ group: GROUP, resources: ROUTES }],
    when: {
      ...elsewhere,
      // What was there before the policy, or before its host was given to others, can still be deleted.
      changed: `request.operation == "CREATE" || object.spec != oldObject.spec || ${ANNOTATED}`,
      'of-the-gateway': `has(object.spec.parentRefs) && object.spec.parentRefs.exists(p, has(p.namespace) && p.namespace == ${home})`,
    },
    variables: {
      hosts: () => celTextsByName(hosts()),
      names: 'has(object.spec.hostnames) ? object.spec.hostnames : []',
      own: 'request.namespace in variables.hosts ? variables.hosts[request.namespace] : []',
      others: 'variables.names.filter(host, !(host in variables.own))',
    },
    rules: [
      {
        expression: `!${ANNOTATED}`,
        message: `its annotation ${HOSTNAME_ANNOTATION} would get a DNS record for any host: list the hosts of its namespace in spec.hostnames`,
      },
      {
        expression: 'size(variables.names) > 0',
        message:
          'it names no host, and so would serve every host of its listener: list those of its namespace in spec.hostnames',
      },
      {
        expression: 'size(variables.others) == 0',
        message: "it names a host that is not its namespace's",
        messageExpression: [
          `"the host " + variables.others[0] + " is not one of the namespace " + request.namespace`,
          `(variables.hosts.exists(n, variables.others[0] in variables.hosts[n]) ? ", but of " + variables.hosts.filter(n, variables.others[0] in variables.hosts[n]).join(", ") : "")`,
          `": give it to the component or tenant in the cluster's file, or route one of its own: " + (size(variables.own) > 0 ? variables.own.join(", ") : "it has none")`,
        ].join(' + '),
      },
    ],
  });
  admissionPolicy(component, {
    name: 'gateways-in-one-namespace',
    reviews: [{ group: GROUP, resources: ['gateways'] }],
    when: elsewhere,
    rules: [
      {
        expression: `object.spec.gatewayClassName != ${celText(gatewayClass)}`,
        message: `a Gateway of the class ${gatewayClass} would serve any host from here: route hosts through those of the namespace ${component.name}`,
      },
    ],
  });
  admissionPolicy(component, {
    name: 'listener-sets-in-one-namespace',
    reviews: [{ group: GROUP, resources: ['listenersets'] }],
    when: elsewhere,
    rules: [
      {
        expression: `!has(object.spec.parentRef.namespace) || object.spec.parentRef.namespace != ${home}`,
        message: `it would add listeners for any host to a Gateway of the namespace ${component.name}: give hosts to components and tenants in the cluster's file`,
      },
    ],
  });
}
