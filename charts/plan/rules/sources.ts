import { KINDS } from '../../kinds/index.ts';
import type { UpstreamDefinitions } from '../../kinds/kind.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';

/** One source of an Application. */
export interface Source {
  /** Without `.git`. */
  readonly repository: string;
  /** A folder, or a chart. */
  readonly path: string;
  readonly revision: string;
}

/** Where an Application reads its objects: one source or several. */
export function sourcesOf(application: Manifest): Source[] {
  const one = at(application, 'spec', 'source');
  return [...(one === undefined ? [] : [one]), ...listAt(application, 'spec', 'sources')].map((source) => ({
    repository: (textAt(source, 'repoURL') ?? '').replace(/\.git$/, ''),
    path: textAt(source, 'path') ?? textAt(source, 'chart') ?? '',
    revision: textAt(source, 'targetRevision') ?? 'HEAD',
  }));
}

/** The definitions of an upstream repository that an Application syncs, if it does. */
export function upstreamOf(application: Manifest): UpstreamDefinitions | undefined {
  const repositories = new Set(sourcesOf(application).map(({ repository }) => repository));
  return KINDS.find(({ upstream }) => upstream && repositories.has(upstream.repository))?.upstream;
}
