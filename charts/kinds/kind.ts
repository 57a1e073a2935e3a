import { groupOf, type Manifest } from '../lib/manifest.ts';

/** Something an object relies on, found in its manifest. */
export interface Need {
  /** What is needed: an object's identity, or a capability such as `crd:cert-manager.io/issuers`. */
  readonly wants: string;
  /** The need in words: `Secret mongo/mongo-users`. */
  readonly says: string;
  /** Where the manifest says so. */
  readonly path: string;
  /**
   * `before`: it fails, or restarts in vain, until the need is met; makes an order.
   * `eventually`: it copes until then; somebody must provide it all the same.
   * `ifAny`: comes after whoever provides it, and does without if nobody does.
   */
  readonly when: 'before' | 'eventually' | 'ifAny';
  /** True if the other object need only exist, not be healthy. */
  readonly existing?: boolean;
  /** Key of a Secret or ConfigMap, or listener of a Gateway, that must be among those it has. */
  readonly key?: string;
}

/** Something an object provides, once it exists or once it is healthy. */
export interface Offer {
  /** An object's identity, or a capability. */
  readonly key: string;
  /** True if it holds only once the object is healthy, not as soon as it is applied. */
  readonly onceHealthy: boolean;
  /** Keys of the Secret or ConfigMap, listeners of the Gateway; undefined if they cannot be told. */
  readonly keys?: readonly string[];
}

/** Names of capabilities: what is needed or offered that is not an object. */
export const capability = {
  /** A custom resource definition. */
  crd: (group: string, resource: string) => `crd:${group}/${resource}`,
  /** A controller that writes the status of a resource. */
  controller: (group: string, resource: string) => `controller:${group}/${resource}`,
  /** An admission webhook that must agree to a resource. */
  admission: (group: string, resource: string) => `admission:${group}/${resource}`,
  /** An aggregated API. */
  api: (group: string) => `api:${group}`,
  /** A secret of the cluster's secret store. */
  remoteSecret: (key: string) => `remote-secret:${key}`,
};

/**
 * A reference to another object, found at a path. The value there is the object's name, or a map with `name` and,
 * as Kubernetes' API conventions have it, `namespace`, `kind` and `apiVersion`, `apiGroup` or `group`.
 */
export interface Reference {
  /** The kind that is referred to unless the reference itself says: `apps/Deployment`, `Secret` for the core group. */
  readonly to: string;
  /** The kind that it is instead where a field of the reference is true: `{ clusterScope: 'argoproj.io/ClusterAnalysisTemplate' }`. */
  readonly toIf?: Readonly<Record<string, string>>;
  /** Field of the name. @default 'name' */
  readonly name?: string;
  /** Namespace to look in, where it is neither the reference's own nor the object's. */
  readonly namespace?: string;
  /** Path, from the reference, of the keys or the listener that are needed: `key`, `items[].key`, `sectionName`. */
  readonly key?: string;
  /** True if references to other kinds than `to` are none: a subject that is a user. @default false */
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

/** Manifests that define custom resources, in their project's own repository. */
export interface UpstreamDefinitions {
  /** Name of the component that has Argo CD fetch them. */
  readonly name: string;
  /** `https://github.com/cert-manager/cert-manager` */
  readonly repository: string;
  /** Folders of the repository. */
  readonly paths: readonly string[];
}

/** What holds for every object of a kind. */
export interface Declaration {
  /** Versions of the API that may be rendered. @default ['v1'] */
  readonly versions?: readonly string[];
  readonly scope: 'namespaced' | 'cluster';
  /** The resource's name in URLs, RBAC and webhook rules. @default by the API server's own rule; see `resourceOf` */
  readonly resource?: string;
  /** `at once`: of use as soon as the API server has it. `once healthy`: when Argo CD calls it healthy. */
  readonly offers: 'at once' | 'once healthy';
  /** Path of the pod template: `spec.template`; the empty path for a Pod itself. */
  readonly podTemplate?: string;
  /** Path of the PersistentVolumeClaims that it makes: `spec.volumeClaimTemplates[]`; the empty path for a claim itself. */
  readonly volumeClaims?: string;
  /** What it refers to, besides its namespace and what its pods refer to. */
  readonly references?: References;
  /** Paths of label selectors that must select something, and the kind that they select; `Pod` is any pod template. */
  readonly selects?: Readonly<Record<string, 'Pod' | 'Service'>>;
  /** Paths that look like references and are none, with the reason. */
  readonly noReferences?: Readonly<Record<string, string>>;
  /** Needs that no path tells. */
  readonly needs?: (manifest: Manifest) => Need[];
  /** What can be asked of it by key: a Secret's keys, a Gateway's listeners. */
  readonly keys?: (manifest: Manifest) => readonly string[];
  /** What its controller makes of it. */
  readonly makes?: (manifest: Manifest) => Offer[];
  /** Argo CD's health check, a Lua script over `obj`. @default Argo CD's own */
  readonly health?: string;
}

/** What a custom resource's kind says besides. */
export interface CustomDeclaration extends Declaration {
  /** Who defines it; undefined where the cloud or bootstrap does. */
  readonly upstream?: UpstreamDefinitions;
  /**
   * Module whose default export validates an object against the definition's schema, by its name
   * (`@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject`), or `api server` where no package has one and just the
   * lab's API server checks it.
   */
  readonly schema: string;
}

/** A kind, with everything that Slipway knows of it. */
export interface Kind extends Declaration {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  readonly resource: string;
  /** True if every API server has it. */
  readonly builtIn: boolean;
  readonly upstream?: UpstreamDefinitions;
  readonly schema?: string;
}

/** Declares a kind that every API server has; the core group is the empty string. */
export function builtIn(group: string, kind: string, declaration: Declaration): Kind {
  return { versions: ['v1'], resource: resourceOf(kind), ...declaration, group, kind, builtIn: true };
}

/** Declares a custom resource's kind. */
export function custom(group: string, kind: string, declaration: CustomDeclaration): Kind {
  return { versions: ['v1'], resource: resourceOf(kind), ...declaration, group, kind, builtIn: false };
}

/** `apps/Deployment`, `Secret`: what tells one kind from all others. */
export function kindName({ group, kind }: Pick<Kind, 'group' | 'kind'>): string {
  return group ? `${group}/${kind}` : kind;
}

/** Path in the API of all objects of a kind: `/apis/apps/v1/deployments`. */
export function collectionPath({ group, versions, resource }: Kind): string {
  return `${group ? `/apis/${group}` : '/api'}/${versions[0]}/${resource}`;
}

/** The kind's name, of an object. */
export function kindNameOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  return kindName({ group: groupOf(manifest), kind: manifest.kind });
}

/**
 * The resource name of a kind by the rule that Kubernetes itself guesses with (apimachinery,
 * `meta.UnsafeGuessKindToResource`), but for a vowel before the y: `gateways`.
 */
export function resourceOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === 'endpoints') return lower;
  if (/(s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return `${lower}s`;
}
