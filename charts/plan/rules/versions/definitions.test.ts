import { add, drop, prove, set } from '../../../../test/lib/plan-rules.ts';
import { DEFINITIONS } from './definitions.ts';

const GROUP = 'generators.external-secrets.io';
const definition = add({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `passwords.${GROUP}` },
  spec: {
    group: GROUP,
    names: { kind: 'Password', plural: 'passwords' },
    versions: [
      { name: 'v1alpha1', served: true, storage: true },
      { name: 'v1', served: true, storage: false },
      { name: 'v2', served: true, storage: false },
    ],
  },
});
const CRD = 'CustomResourceDefinition';
const VERSIONS = ['spec', 'versions'] as const;

prove(DEFINITIONS, {
  'SLP-version-not-served': {
    given: definition,
    fires: {
      'served: false': [
        set(CRD, undefined, [...VERSIONS, 0, 'served'], false),
        /no longer knows generators\.external-secrets\.io\/v1alpha1 of Password, and refuses Password mongo\/key/,
      ],
      'no version': [drop(CRD, undefined, ...VERSIONS, 0), /no longer knows/],
    },
    quiet: { 'a version that no object has': set(CRD, undefined, [...VERSIONS, 1, 'served'], false) },
  },
  'SLP-version-stored': {
    given: definition,
    fires: {
      removed: [drop(CRD, undefined, ...VERSIONS, 0), /loses version v1alpha1, in which its objects were stored/],
    },
    quiet: { 'one that was never stored': drop(CRD, undefined, ...VERSIONS, 2) },
  },
  'SLP-upstream-schema': {
    fires: {
      'another commit': [
        set('Application', 'cert-manager-crds', ['spec', 'source', 'targetRevision'], 'v9.9.9'),
        /^The schema comes from upstream: Application argocd\/cert-manager-crds goes from /,
      ],
    },
    quiet: {
      'an Application of this repository': set('Application', 'hello', ['spec', 'source', 'targetRevision'], 'release'),
    },
  },
});
