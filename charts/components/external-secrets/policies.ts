import type { Component } from '../../component.ts';
import { type AdmissionRule, admissionPolicy, celTextsByName } from '../../lib/admission.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { StoreAccess } from './access.ts';

/** Options of the policies. */
export interface PoliciesProps {
  readonly upstream: Upstream;
  /** ServiceAccount of the controller. */
  readonly controller: string;
  /** Evaluated when the policies are rendered. */
  readonly access: () => StoreAccess;
}

const GROUP = 'external-secrets.io';
const GENERATORS = `generators.${GROUP}`;

/** Neither finalizers nor labels of an object that was admitted by an earlier policy are reviewed. */
const CHANGED = {
  'not-deleted': '!has(object.metadata.deletionTimestamp)',
  'changes-the-spec': "request.operation == 'CREATE' || object.?spec != oldObject.?spec",
};

/** A request for an object without a namespace lacks the field. */
const NAMESPACE = "request.?namespace.orValue('')";

const DATA = 'object.spec.?data.orValue([])';
const DATA_FROM = 'object.spec.?dataFrom.orValue([])';

/** What to do, in each message. */
const RENDER = 'it must stand in the manifests of the cluster, from which this policy is derived';

/**
 * Policies of the API server that confine each namespace to the entries of the secret store, the stores and the
 * generators that the cluster's manifests use there. The store itself knows only which namespaces may use it.
 */
export function storePolicies(component: Component, props: PoliciesProps): void {
  reads(component, props);
  writes(component, props);
  objects(component, props);
}

function reads(component: Component, { access }: PoliciesProps): void {
  admissionPolicy(component, {
    name: 'secret-store-reads',
    reviews: [{ group: GROUP, resources: ['externalsecrets'] }],
    when: CHANGED,
    variables: {
      permitted: () => inNamespace(celTextsByName(access().reads)),
      used: () => inNamespace(celTextsByName(access().uses)),
      entries: [`${DATA}.map(d, d.remoteRef.key)`, `${DATA_FROM}.filter(d, has(d.extract)).map(d, d.extract.key)`].join(
        ' + ',
      ),
      references: [
        '(has(object.spec.secretStoreRef) ? [object.spec.secretStoreRef] : [])',
        ...[DATA, DATA_FROM].flatMap((list) => ['storeRef', 'generatorRef'].map((ref) => sources(list, ref))),
      ].join(' + '),
      others: OTHERS,
      unknown: UNKNOWN,
    },
    rules: [
      named('read'),
      {
        expression: `!${DATA_FROM}.exists(d, has(d.find))`,
        message: 'spec.dataFrom[].find would read entries of the secret store by a pattern: name them, in spec.data',
      },
      referred,
    ],
  });
}

function writes(component: Component, { access }: PoliciesProps): void {
  admissionPolicy(component, {
    name: 'secret-store-writes',
    reviews: [{ group: GROUP, resources: ['pushsecrets'] }],
    when: CHANGED,
    variables: {
      permitted: () => inNamespace(celTextsByName(access().writes)),
      used: () => inNamespace(celTextsByName(access().uses)),
      entries: `${DATA}.map(d, d.match.remoteRef.remoteKey)`,
      references:
        'object.spec.secretStoreRefs + (has(object.spec.selector.generatorRef) ? [object.spec.selector.generatorRef] : [])',
      others: OTHERS,
      unknown: UNKNOWN,
    },
    rules: [
      named('write'),
      {
        expression: '!has(object.spec.dataTo)',
        message: 'spec.dataTo would write entries of the secret store by a pattern: name them, in spec.data',
      },
      {
        expression: '!object.spec.secretStoreRefs.exists(r, has(r.labelSelector))',
        message: 'spec.secretStoreRefs[].labelSelector would select stores by labels: name them',
      },
      referred,
    ],
  });
}

/** Kinds with an own way to secrets: stores with other rights, generators, and those that copy to many namespaces. */
function objects(component: Component, { access, upstream, controller }: PoliciesProps): void {
  const generators = upstream.kinds(GENERATORS);
  admissionPolicy(component, {
    name: 'secret-store-objects',
    reviews: [
      {
        group: GROUP,
        resources: upstream.kinds(GROUP).filter((resource) => !['externalsecrets', 'pushsecrets'].includes(resource)),
      },
      { group: GENERATORS, resources: generators },
    ],
    when: {
      ...CHANGED,
      // The controller's records of what generators have made.
      'not-of-the-controller': `!(request.resource.resource == 'generatorstates' && request.userInfo.username == 'system:serviceaccount:${component.namespace}:${controller}')`,
    },
    variables: {
      permitted: () => inNamespace(celTextsByName(access().objects)),
      name: "object.kind + '/' + object.metadata.name",
    },
    rules: [
      {
        expression: "!(object.kind in ['ClusterExternalSecret', 'ClusterPushSecret'])",
        message: 'this kind is not reconciled on this cluster: write one of the namespaced kind in each namespace',
      },
      {
        expression: 'variables.name in variables.permitted',
        message: `a store or generator which the cluster's manifests do not have: ${RENDER}`,
        messageExpression: `variables.name + ' is a store or generator that the manifests of the cluster do not have in ' + ${PLACE} + ': ${RENDER}'`,
      },
    ],
  });
}

const PLACE = `(${NAMESPACE} == '' ? 'the cluster' : 'the namespace ' + ${NAMESPACE})`;
const OTHERS = 'variables.entries.filter(e, !(e in variables.permitted))';
const UNKNOWN =
  "variables.references.filter(r, has(r.name)).map(r, r.?kind.orValue('SecretStore') + '/' + r.name).filter(r, !(r in variables.used))";

/** The names that a map has for the namespace of the request. */
function inNamespace(map: string): string {
  return `${map}[?${NAMESPACE}].orValue([])`;
}

/** The stores or generators that items of a list name as their source. */
function sources(list: string, reference: string): string {
  return `${list}.filter(d, d.?sourceRef.?${reference}.hasValue()).map(d, d.sourceRef.${reference})`;
}

function named(verb: 'read' | 'write'): AdmissionRule {
  return {
    expression: 'variables.others.size() == 0',
    message: `this namespace may not ${verb} these entries of the secret store: ${RENDER}`,
    messageExpression: `'the namespace ' + ${NAMESPACE} + ' may not ${verb} ' + variables.others.join(', ') + ' of the secret store: ${RENDER}'`,
  };
}

const referred: AdmissionRule = {
  expression: 'variables.unknown.size() == 0',
  message: `a store or generator which is not used in this namespace: ${RENDER}`,
  messageExpression: `'the namespace ' + ${NAMESPACE} + ' may not use ' + variables.unknown.join(', ') + ': ${RENDER}'`,
};
