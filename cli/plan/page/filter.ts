import type { Entry, Plan } from '../../../charts/plan/model.ts';
import type { State } from './state.ts';

/** Says which entries a state lets through, by position. Texts are put together on the first search only. */
export function filterOf({ entries }: Plan): (state: State) => boolean[] {
  const texts: string[] = [];
  const textAt = (i: number): string => (texts[i] ??= searchable(entries[i]!));
  return ({ search, severity, verdict, cluster, application, noise }) => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return entries.map(
      (entry, i) =>
        (noise || entry.verdict !== 'same') &&
        (severity.length === 0 || severity.includes(entry.severity)) &&
        (verdict.length === 0 || verdict.includes(entry.verdict)) &&
        (cluster === '' || entry.clusters.includes(cluster)) &&
        (application === '' || entry.application === application) &&
        words.every((word) => textAt(i).includes(word)),
    );
  };
}

/** All that a search may find: object, Application, clusters, paths, values, rules and what they say. */
function searchable({
  object,
  application,
  clusters,
  verdict,
  fields,
  findings,
  takes = [],
  keeps = [],
  seen,
}: Entry): string {
  return [
    object,
    application,
    verdict,
    ...clusters,
    ...fields.flatMap(({ path, before, after }) => [path, valueText(before), valueText(after)]),
    ...findings.flatMap(({ rule, says, path = '', instead = '' }) => [rule, says, path, instead]),
    ...takes,
    ...keeps,
    ...(seen === undefined ? [] : [seen.cluster === undefined ? 'new here' : `seen in ${seen.ring}`]),
  ]
    .join('\n')
    .toLowerCase();
}

function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
