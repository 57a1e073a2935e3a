import type { Manifest } from '../../../charts/lib/manifest.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';
const metadata = { name: 'images-without-digests' };

/** The same containers, those with a digest without it (a CEL expression). */
const without = (list: string): string =>
  `${list}: has(object.spec.${list}) ? object.spec.${list}.filter(c, c.image.contains("@")).map(c,
    Object.spec.${list}{name: c.name, image: c.image.split("@")[0]}) : []`;

/**
 * Policy that takes the digests out of the images of new pods, and of nothing that Argo CD compares: an image that the lab
 * makes cannot have the digest of the one that it stands for.
 */
export const IMAGES_WITHOUT_DIGESTS: readonly Manifest[] = [
  {
    apiVersion: API_VERSION,
    kind: 'MutatingAdmissionPolicy',
    metadata,
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression: `Object{spec: Object.spec{${['initContainers', 'containers'].map(without).join(', ')}}}`,
          },
        },
      ],
    },
  },
  { apiVersion: API_VERSION, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: metadata.name } },
];
