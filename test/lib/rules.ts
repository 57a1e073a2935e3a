import { listAt, type Manifest } from '../../charts/lib/manifest.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { monitoringObjects } from './scrapes.ts';

/** A rule of a PrometheusRule, with the object that it is in. */
export interface Rule {
  readonly owner: Manifest;
  readonly rule: unknown;
}

/** What every PrometheusRule of a cluster has. */
export function rulesOf(cluster: ClusterObjects): Rule[] {
  return monitoringObjects(cluster, 'PrometheusRule').flatMap((owner) =>
    listAt(owner, 'spec', 'groups').flatMap((group) => listAt(group, 'rules').map((rule) => ({ owner, rule }))),
  );
}
