import { UPSTREAM_FACTS, type ProjectName } from '../../charts/upstream/facts.ts';
import { Upstream } from '../../charts/upstream/upstream.ts';

/** A project's facts in the newest version that is known, for components that are rendered alone. */
export function newestUpstream(project: ProjectName): Upstream {
  return new Upstream(project, Object.keys(UPSTREAM_FACTS[project]).at(-1) ?? '');
}
