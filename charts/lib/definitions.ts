import { Component, type Upstream } from '../component.ts';
import { definedBy } from '../kinds/index.ts';
import type { UpstreamDefinitions } from '../kinds/kind.ts';

/**
 * Custom resource definitions that Argo CD fetches from their upstream repository at a pinned tag. It has no
 * folder in dist: their text is upstream's. They are never pruned and never cascaded, since every custom resource
 * goes with its definition.
 */
export class Definitions extends Component {
  override readonly upstream: Upstream;

  /** @param revision a tag of the upstream repository; comes from the cluster's pins */
  constructor(definitions: UpstreamDefinitions, revision: string) {
    super(definitions.name, { tier: 'platform', ownNamespace: false, namespace: 'argocd' });
    this.upstream = { ...definitions, revision, provides: definedBy(definitions) };
  }
}
