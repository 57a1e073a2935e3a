import { Component, type Tier, type Upstream } from '../component.ts';

/** Options of custom resource definitions. */
export interface DefinitionsProps {
  readonly tier: Tier;
  readonly upstream: Upstream;
}

/**
 * Custom resource definitions that Argo CD fetches from their upstream repository at a pinned tag. It has no
 * folder in dist: their text is upstream's. They are never pruned and never cascaded, since every custom resource
 * goes with its definition.
 */
export class Definitions extends Component {
  override readonly upstream: Upstream;

  constructor(name: string, { tier, upstream }: DefinitionsProps) {
    super(name, { tier, ownNamespace: false, namespace: 'argocd' });
    this.upstream = upstream;
  }
}
