import type { Component } from '../component.ts';
import { lazy } from './lazy.ts';
import type { MatchResources, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from './types/admission.ts';

/** Objects whose creation and update a policy reviews. */
export interface Reviewed {
  /** API group; the core group is the empty string. */
  readonly group: string;
  /** Resources in the plural, such as `httproutes`. Never `*`: the order reads them. */
  readonly resources: readonly string[];
  /** @default every version */
  readonly versions?: readonly string[];
}

/** What must be true of a reviewed object. */
export interface AdmissionRule {
  /** CEL over `object`, `oldObject`, `request`, `namespaceObject` and `variables`. */
  readonly expression: string;
  /** What is wrong and what to do. Shown as it is, unless `messageExpression` gives a text. */
  readonly message: string;
  /** CEL that gives a message with what was seen; one line. */
  readonly messageExpression?: string;
}

/** A policy of the API server. */
export interface AdmissionPolicyProps {
  /** Name of the policy and its binding, unique in the cluster. */
  readonly name: string;
  readonly reviews: readonly Reviewed[];
  /** Namespaces whose objects it reviews. @default all, and objects without a namespace */
  readonly namespaces?: MatchResources['namespaceSelector'];
  /** Conditions in CEL, by name, all of which a request meets that is reviewed. @default every request */
  readonly when?: Readonly<Record<string, string>>;
  /**
   * CEL by name, in the order in which they refer to each other. A function is evaluated when the policy is rendered,
   * after all components have been composed.
   */
  readonly variables?: Readonly<Record<string, string | (() => string)>>;
  readonly rules: readonly AdmissionRule[];
}

/**
 * Adds a ValidatingAdmissionPolicy and its binding. It denies what breaks a rule, and what it cannot evaluate: the API
 * server itself applies it, so that there is no webhook that could be away.
 */
export function admissionPolicy(component: Component, props: AdmissionPolicyProps): void {
  const { name, namespaces } = props;
  component.add<ValidatingAdmissionPolicy>({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: lazy(() => policySpec(props)),
  });
  component.add<ValidatingAdmissionPolicyBinding>({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      ...(namespaces && { matchResources: { namespaceSelector: namespaces } }),
    },
  });
}

function policySpec({
  reviews,
  when = {},
  variables = {},
  rules,
}: AdmissionPolicyProps): ValidatingAdmissionPolicy['spec'] {
  const conditions = Object.entries(when).map(([name, expression]) => ({ name, expression }));
  const named = Object.entries(variables).map(([name, text]) => ({
    name,
    expression: typeof text === 'string' ? text : text(),
  }));
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      // A request by any version of the API is converted to a reviewed one.
      matchPolicy: 'Equivalent',
      resourceRules: reviews.map(({ group, resources, versions = ['*'] }) => ({
        apiGroups: [group],
        apiVersions: versions,
        resources,
        operations: ['CREATE', 'UPDATE'],
        scope: '*',
      })),
    },
    ...(conditions.length > 0 && { matchConditions: conditions }),
    ...(named.length > 0 && { variables: named }),
    validations: rules.map(({ expression, message, messageExpression }) => ({
      expression,
      message,
      ...(messageExpression !== undefined && { messageExpression }),
      reason: 'Forbidden',
    })),
  };
}

/** A text as a CEL literal. */
export function celText(text: string): string {
  // JSON escapes are CEL escapes.
  return JSON.stringify(text);
}

/** A list of texts as a CEL literal. */
export function celTexts(texts: readonly string[]): string {
  return `[${texts.map(celText).join(', ')}]`;
}

/** Lists of texts by name as a CEL literal of a map, sorted by name. */
export function celTextsByName(lists: ReadonlyMap<string, Iterable<string>>): string {
  const entries = [...lists].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, texts]) => `${celText(name)}: ${celTexts([...texts].sort())}`).join(', ')}}`;
}
