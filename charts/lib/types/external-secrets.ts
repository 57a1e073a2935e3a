/**
 * The parts of the External Secrets API that are used here (external-secrets.io/latest/api/spec), as of v2.9: no
 * maintained package has types for v1.
 */

interface StoreRef {
  readonly kind: 'ClusterSecretStore';
  readonly name: string;
}

/** Creates a Secret from entries of the store. */
export interface ExternalSecret {
  readonly apiVersion: 'external-secrets.io/v1';
  readonly kind: 'ExternalSecret';
  readonly spec: {
    readonly secretStoreRef: StoreRef;
    /** How often the store is read. */
    readonly refreshInterval: string;
    readonly target: {
      readonly name: string;
      readonly creationPolicy: 'Owner' | 'Orphan';
      readonly deletionPolicy: 'Retain';
      readonly template?: {
        readonly engineVersion: 'v2';
        readonly type?: string;
        readonly data: Readonly<Record<string, string>>;
      };
    };
    readonly data: readonly {
      readonly secretKey: string;
      readonly remoteRef: { readonly key: string; readonly property: string };
    }[];
  };
}

/** Writes to the store; with IfNotExists only once. */
export interface PushSecret {
  readonly apiVersion: 'external-secrets.io/v1alpha1';
  readonly kind: 'PushSecret';
  readonly spec: {
    readonly secretStoreRefs: readonly StoreRef[];
    readonly updatePolicy: 'IfNotExists' | 'Replace';
    readonly deletionPolicy: 'None' | 'Delete';
    /** `0s`: once, and again only when this object changes. */
    readonly refreshInterval: string;
    readonly selector: {
      readonly generatorRef: {
        readonly apiVersion: 'generators.external-secrets.io/v1alpha1';
        readonly kind: 'Password';
        readonly name: string;
      };
    };
    readonly data: readonly {
      readonly match: { readonly remoteRef: { readonly remoteKey: string } };
      /** For the provider: AWS Secrets Manager copies the entry to these regions. */
      readonly metadata?: {
        readonly apiVersion: 'kubernetes.external-secrets.io/v1alpha1';
        readonly kind: 'PushSecretMetadata';
        readonly spec: { readonly replicationLocations: readonly string[] };
      };
    }[];
  };
}

/** Generates an independent random password for each key. */
export interface Password {
  readonly apiVersion: 'generators.external-secrets.io/v1alpha1';
  readonly kind: 'Password';
  readonly spec: {
    readonly length: number;
    readonly digits: number;
    readonly symbols: number;
    readonly noUpper: boolean;
    readonly allowRepeat: boolean;
    readonly secretKeys: readonly string[];
  };
}

/** The secret store of a cluster. */
export interface ClusterSecretStore {
  readonly apiVersion: 'external-secrets.io/v1';
  readonly kind: 'ClusterSecretStore';
  readonly spec: {
    readonly provider: SecretStoreProvider;
    /** Namespaces that may use it; an empty list permits none. */
    readonly conditions: readonly { readonly namespaces: readonly string[] }[];
  };
}

/** Providers of the supported clouds. */
export type SecretStoreProvider =
  | {
      readonly azurekv: { readonly vaultUrl: string; readonly authType: 'WorkloadIdentity'; readonly tenantId: string };
    }
  | { readonly gcpsm: { readonly projectID: string } }
  | {
      readonly vault: {
        readonly server: string;
        readonly path: string;
        readonly version: 'v2';
        readonly caBundle?: string;
        readonly auth: { readonly kubernetes: { readonly mountPath: string; readonly role: string } };
      };
    }
  | { readonly aws: { readonly service: 'SecretsManager'; readonly region: string } }
  | {
      readonly kubernetes: {
        readonly remoteNamespace: string;
        readonly server: {
          readonly caProvider: {
            readonly type: 'ConfigMap';
            readonly name: string;
            readonly key: string;
            readonly namespace: string;
          };
        };
        readonly auth: { readonly serviceAccount: { readonly name: string; readonly namespace: string } };
      };
    };
