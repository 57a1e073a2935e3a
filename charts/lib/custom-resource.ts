/** What every Kubernetes type says of itself. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * A custom resource of type T, with a name. The interfaces of @kubernetes-models/* serve as T: imported as types
 * (`import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate'`) they cost
 * nothing at run time.
 */
export type CustomResource<T extends TypeMeta> = Omit<T, 'metadata' | 'status'> &
  TypeMeta & {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly labels?: Record<string, string>;
      readonly annotations?: Record<string, string>;
      readonly finalizers?: string[];
    };
  };
