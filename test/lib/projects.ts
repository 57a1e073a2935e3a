import { listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';

/** The kinds in a list of an AppProject, each as `group/Kind`. */
export function kindsOf(project: Manifest, field: string): string[] {
  return listAt(project, 'spec', field).map((item) => `${textAt(item, 'group')}/${textAt(item, 'kind')}`);
}
