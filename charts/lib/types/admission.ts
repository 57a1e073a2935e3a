/**
 * The parts of admissionregistration.k8s.io/v1 that are used here and that the types of Kubernetes 1.28 lack: policies
 * in CEL are part of v1 since Kubernetes 1.30.
 */

/** Requests that a policy or its binding is about. */
export interface MatchResources {
  readonly namespaceSelector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      readonly values?: readonly string[];
    }[];
  };
  readonly resourceRules?: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[];
    readonly scope: '*' | 'Namespaced' | 'Cluster';
  }[];
  readonly matchPolicy?: 'Equivalent' | 'Exact';
}

/** Rules in CEL that the API server itself applies to requests. */
export interface ValidatingAdmissionPolicy {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingAdmissionPolicy';
  readonly spec: {
    readonly failurePolicy: 'Fail';
    readonly matchConstraints: MatchResources;
    /** The policy is about requests for which all of them are true. */
    readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
    /** Later ones, and all validations, refer to them as `variables.<name>`. */
    readonly variables?: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly {
      readonly expression: string;
      readonly message: string;
      readonly messageExpression?: string;
      readonly reason: 'Forbidden' | 'Invalid';
    }[];
  };
}

/** Puts a policy into effect. */
export interface ValidatingAdmissionPolicyBinding {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingAdmissionPolicyBinding';
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: readonly ['Deny'];
    readonly matchResources?: MatchResources;
  };
}
