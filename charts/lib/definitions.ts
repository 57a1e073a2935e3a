import { Component, type Upstream } from '../component.ts';
import { definedBy } from '../kinds/index.ts';
import type { UpstreamDefinitions } from '../kinds/kind.ts';
import type { PinnedRelease } from '../pins.ts';

/**
 * Custom resource definitions that Argo CD syncs from their upstream repository at a pinned commit, so they have no
 * folder in dist. They are never pruned or deleted with the Application, because deleting a definition deletes all its
 * custom resources.
 */
export class Definitions extends Component {
  override readonly upstream: Upstream;

  /** @param pinned a release of the upstream repository; comes from the cluster's pins */
  constructor(definitions: UpstreamDefinitions, pinned: PinnedRelease) {
    super(definitions.name, { tier: 'platform', ownNamespace: false, namespace: 'argocd' });
    this.upstream = { ...definitions, ...pinned, provides: definedBy(definitions) };
  }
}
