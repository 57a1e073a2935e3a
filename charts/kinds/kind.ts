import { groupOf, type Manifest } from '../lib/manifest.ts';

/** A dependency of an object, found in its manifest. */
export interface Need {
  /** The identity of an object, or a capability such as `crd:cert-manager.io/issuers`. */
  readonly wants: string;
  /** The need as shown in messages: `Secret mongo/mongo-users`. */
  readonly says: string;
  /** Path in the manifest. */
  readonly path: string;
  /**
   * `before`: the object fails, or crash-loops, until the need is met; implies an order.
   * `eventually`: the object tolerates its absence for a while, but it must be provided; implies no order.
   * `ifAny`: the object is ordered after every provider, but needs none.
   */
  readonly when: 'before' | 'eventually' | 'ifAny';
  /** True if the other object need only exist, not be healthy. */
  readonly existing?: boolean;
  /** Key of the Secret or ConfigMap, or listener of the Gateway, that must exist. */
  readonly key?: string;
  /** What to do if nothing provides it. @default similar names, or to add the component that provides it */
  readonly fix?: string;
}

/** Something that an object provides, once it exists or once it is healthy. */
export interface Offer {
  /** An object's identity, or a capability. */
  readonly key: string;
  /** True if it is provided only once the object is healthy, not as soon as it is applied. */
  readonly onceHealthy: boolean;
  /** Keys of the Secret or ConfigMap, listeners of the Gateway; undefined if unknown. */
  readonly keys?: readonly string[];
}

/** Names of capabilities: what is needed or provided other than an object. */
export const capability = {
  /** A custom resource definition. */
  crd: (group: string, resource: string) => `crd:${group}/${resource}`,
  /** A controller that writes the status of a resource. */
  controller: (group: string, resource: string) => `controller:${group}/${resource}`,
  /** An admission webhook that must admit a resource. */
  admission: (group: string, resource: string) => `admission:${group}/${resource}`,
  /** An aggregated API. */
  api: (group: string) => `api:${group}`,
  /** An entry of the cluster's secret store. */
  remoteSecret: (key: string) => `remote-secret:${key}`,
};

/**
 * A reference to another object, found at a path. The value there is the object's name, or a map with `name` and, by
 * the Kubernetes API conventions, `namespace`, `kind` and `apiVersion`, `apiGroup` or `group`.
 */
export interface Reference {
  /** The kind referred to, unless the reference itself names it: `apps/Deployment`; `Secret` for the core group. */
  readonly to: string;
  /** The kind if a field of the reference is true: `{ clusterScope: 'argoproj.io/ClusterAnalysisTemplate' }`. */
  readonly toIf?: Readonly<Record<string, string>>;
  /** Field with the name. @default 'name' */
  readonly name?: string;
  /** Namespace of the object referred to. @default the one in the reference, else that of the referring object */
  readonly namespace?: string;
  /** Path, relative to the reference, of the required keys or listener: `key`, `items[].key`, `sectionName`. */
  readonly key?: string;
  /** True if references to kinds other than `to` are ignored, such as a subject that is a User. @default false */
  readonly only?: boolean;
  /** @default 'before' */
  readonly when?: 'before' | 'eventually';
  /** True if the other object need only exist, not be healthy. @default false */
  readonly existing?: boolean;
}

/**
 * References by path: `spec.listeners[].tls.certificateRefs[]`, where `[]` stands for every item of a list and `*` for
 * every value of a map. A string is the kind alone.
 */
export type References = Readonly<Record<string, string | Reference>>;

/** Fields that the API server lets nobody change once an object exists. */
export interface Immutable {
  /** `spec.selector`; the whole of `spec` with `except`. */
  readonly path: string;
  /** Fields in it that may change all the same. */
  readonly except?: readonly string[];
  /** True if this change of it is accepted all the same. */
  readonly unless?: (before: Manifest, after: Manifest) => boolean;
  /** True if the API server keeps the old value, without an error, where the new object has none. */
  readonly keptIfLeftOut?: boolean;
  /** True if lists in it may be in another order. */
  readonly inAnyOrder?: boolean;
  /** What to do instead. @default to give the object a new name */
  readonly instead?: string;
}

/** Custom resource definitions in their upstream repository. */
export interface UpstreamDefinitions {
  /** Name of the component that installs them. */
  readonly name: string;
  /** `https://github.com/cert-manager/cert-manager` */
  readonly repository: string;
  /** Folders of the repository. */
  readonly paths: readonly string[];
}

/** Properties common to all objects of a kind. */
export interface Declaration {
  /** API versions that may be rendered. @default ['v1'] */
  readonly versions?: readonly string[];
  readonly scope: 'namespaced' | 'cluster';
  /** The plural resource name in URLs, RBAC and webhook rules. @default `resourceOf` the kind */
  readonly resource?: string;
  /** When dependents may use it. `at once`: as soon as it exists. `once healthy`: when Argo CD reports it Healthy. */
  readonly offers: 'at once' | 'once healthy';
  /** Path of the pod template: `spec.template`; the empty path for a Pod itself. */
  readonly podTemplate?: string;
  /**
   * The StatefulSet that its controller makes, with the fields that others depend on: name, selector, replicas, claim
   * templates, and of its containers what its own object says.
   */
  readonly statefulSet?: (manifest: Manifest) => Manifest;
  /** Path of its PersistentVolumeClaim templates: `spec.volumeClaimTemplates[]`; the empty path for a claim itself. */
  readonly volumeClaims?: string;
  /** Its references, in addition to its namespace and those of its pods. */
  readonly references?: References;
  /** Paths of label selectors that must match something, with the kind they select; `Pod` is any pod template. */
  readonly selects?: Readonly<Record<string, 'Pod' | 'Service'>>;
  /** Paths that look like references but are not, with the reason. */
  readonly noReferences?: Readonly<Record<string, string>>;
  /** Needs that cannot be expressed by a path. */
  readonly needs?: (manifest: Manifest) => Need[];
  /** Keys that others may refer to: the keys of a Secret, the listeners of a Gateway. */
  readonly keys?: (manifest: Manifest) => readonly string[];
  /** What its controller creates from it. */
  readonly makes?: (manifest: Manifest) => Offer[];
  /** Path of the reference to a workload whose replicas its controller sets: `spec.scaleTargetRef`. */
  readonly scales?: string;
  /**
   * What cannot be changed in place (kubernetes, pkg/apis/…/validation; rules with `oldSelf` of a custom resource's
   * definition).
   */
  readonly immutable?: readonly Immutable[];
  /** Argo CD health check: a Lua script with the object as `obj`. @default the built-in check */
  readonly health?: string;
}

/** Declaration of a custom resource's kind. */
export interface CustomDeclaration extends Declaration {
  /** Where its definition comes from; undefined if the cloud or bootstrap installs it. */
  readonly upstream?: UpstreamDefinitions;
  /**
   * Name of the module whose default export validates an object against the CRD schema
   * (`@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject`), or `api server` where no package has one and only the
   * lab's API server validates it.
   */
  readonly schema: string;
}

/** A kind and its declaration. */
export interface Kind extends Declaration {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  readonly resource: string;
  /** True for a kind that every API server serves. */
  readonly builtIn: boolean;
  readonly upstream?: UpstreamDefinitions;
  readonly schema?: string;
}

/** Declares a kind that every API server serves; the core group is the empty string. */
export function builtIn(group: string, kind: string, declaration: Declaration): Kind {
  return { versions: ['v1'], resource: resourceOf(kind), ...declaration, group, kind, builtIn: true };
}

/** Declares a custom resource's kind. */
export function custom(group: string, kind: string, declaration: CustomDeclaration): Kind {
  return { versions: ['v1'], resource: resourceOf(kind), ...declaration, group, kind, builtIn: false };
}

/** The unique name of a kind: `apps/Deployment`, `Secret`. */
export function kindName({ group, kind }: Pick<Kind, 'group' | 'kind'>): string {
  return group ? `${group}/${kind}` : kind;
}

/** API path of a kind's collection: `/apis/apps/v1/deployments`. */
export function collectionPath({ group, versions, resource }: Kind): string {
  return `${group ? `/apis/${group}` : '/api'}/${versions[0]}/${resource}`;
}

/** The unique name of an object's kind. */
export function kindNameOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  return kindName({ group: groupOf(manifest), kind: manifest.kind });
}

/**
 * The resource name of a kind by the rule of apimachinery's `meta.UnsafeGuessKindToResource`, except that a vowel
 * before the y is kept: `gateways`.
 */
export function resourceOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === 'endpoints') return lower;
  if (/(s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return `${lower}s`;
}
