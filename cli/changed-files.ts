import { grouped } from '../charts/lib/grouped.ts';
import type { DistChanges } from './dist.ts';

/** So many lines tell more than their number does. */
const MOST_FILES = 10;
const MOST_FOLDERS = 20;

type Changed = readonly [path: string, how: 'added' | 'changed' | 'removed'];

/** Which files of dist a run has changed: each by its name, or, if these are many, their number by component, or by cluster. */
export function changedFiles({ missing, stale, extra }: DistChanges): string[] {
  const all: Changed[] = [
    ...missing.map((path): Changed => [path, 'added']),
    ...stale.map((path): Changed => [path, 'changed']),
    ...extra.map((path): Changed => [path, 'removed']),
  ];
  if (all.length <= MOST_FILES) return all.toSorted(byPath).map(([path, how]) => `  ${how.padEnd(7)}  ${path}`);
  const byComponent = grouped(all, ([path]) => path.split('/').slice(0, 2).join('/'));
  return counts(byComponent.size <= MOST_FOLDERS ? byComponent : grouped(all, ([path]) => path.split('/')[0] ?? ''));
}

function byPath([one]: Changed, [other]: Changed): number {
  return one.localeCompare(other);
}

function counts(folders: ReadonlyMap<string, readonly Changed[]>): string[] {
  return [...folders]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([folder, own]) => {
      const numbers = [...grouped(own, ([, how]) => how)].map(([how, some]) => `${some.length} ${how}`);
      return `  ${folder}: ${numbers.join(', ')}`;
    });
}
