import { findKind } from '../../../charts/kinds/index.ts';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Edit } from './edit.ts';
import { isFree } from './free-lists.ts';
import { edited, isMap, nodesOf, patternOf, type Path } from './tree.ts';
import { respelled } from './values.ts';

/** What the API server or its admission writes, or chooses for this cluster: nobody would say it in Git. */
const WRITTEN: readonly (readonly [kinds: RegExp, paths: RegExp])[] = [
  [/./, /^(status|metadata\.(uid|resourceVersion|generation|creationTimestamp|managedFields|finalizers))(\.|$)/],
  [/./, /kubernetes\.io\/metadata\.name$|^metadata\.annotations\.deprecated\./],
  [/^(Job|CronJob)$/, /^metadata\.labels$|controller-uid$|job-name$|^spec\.selector$/],
  [/^DaemonSet$/, /^metadata\.annotations$/],
  [/^Namespace$/, /^spec(\.finalizers)?$/],
  [/^PersistentVolume(Claim)?$/, /^spec\.(volumeName|claimRef|storageClassName)$/],
  [
    /^Pod$/,
    /^spec\.(serviceAccount(Name)?|priority|preemptionPolicy|tolerations|volumes|containers\[\]\.volumeMounts)$/,
  ],
  [/^Service$/, /^spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort|ports\[\]\.nodePort)$/],
];

function isWritten(kind: string, pattern: string): boolean {
  return WRITTEN.some(([kinds, paths]) => kinds.test(kind) && paths.test(pattern));
}

/**
 * Edits that change nothing: what the API server fills in is said, quantities are spelled otherwise, lists of which nobody
 * reads the order are reversed. Where no list is reversed, the API server's own answer proves it.
 *
 * @param live the object as the API server completes it
 */
export function meaninglessEditsOf(before: Manifest, live: Manifest): Edit[] {
  return [
    ...saidDefaults(before.kind, before, live, []).map(({ path, value }) => ({
      before,
      after: edited(before, path, value),
      what: `say ${patternOf(path)}: ${JSON.stringify(value)}`,
    })),
    ...nodesOf(before).flatMap(({ path, value }) => [
      ...otherSpelling(before, path, value),
      ...otherOrder(before, path, value),
    ]),
  ];
}

/** What the completed object has and the object has not; maps that it lacks whole, and then their fields by themselves. */
function saidDefaults(kind: string, said: unknown, live: unknown, path: Path): { path: Path; value: unknown }[] {
  if (Array.isArray(said) && Array.isArray(live))
    return said.flatMap((item, i) => saidDefaults(kind, item, live[i], [...path, i]));
  if (!isMap(said) || !isMap(live)) return [];
  return Object.entries(live).flatMap(([field, value]) => {
    const here = [...path, field];
    if (isWritten(kind, patternOf(here))) return [];
    return field in said ? saidDefaults(kind, said[field], value, here) : [{ path: here, value }];
  });
}

/** Only of kinds that the API server knows: custom resources keep the text. */
function otherSpelling(before: Manifest, path: Path, value: unknown): Edit[] {
  const pattern = patternOf(path);
  if (
    !findKind(before)?.builtIn ||
    !/(^|\.)(requests|limits|hard|capacity|default|defaultRequest|podFixed)\./.test(pattern)
  )
    return [];
  const other = respelled(String(value));
  return other === undefined ? [] : [{ before, after: edited(before, path, other), what: `respell ${pattern}` }];
}

function otherOrder(before: Manifest, path: Path, value: unknown): Edit[] {
  const pattern = patternOf(path);
  if (!Array.isArray(value) || value.length < 2 || !isFree(before.kind, pattern)) return [];
  return [value.toReversed(), [...value.slice(1), value[0]]].map((items, i) => ({
    before,
    after: edited(before, path, items),
    what: `reorder ${pattern} (${i + 1})`,
    reordered: pattern,
  }));
}
