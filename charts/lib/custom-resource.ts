/** The type of a Kubernetes object. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * A custom resource of type T, with a mandatory name. T is an interface of @kubernetes-models/*, imported as a type
 * (`import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate'`), which costs
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
