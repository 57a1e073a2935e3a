import { label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { compareVersions, versionOf } from '../../../lib/images.ts';
import { type Change, imageChanges, isSame } from '../images.ts';
import { claimsOf, POD_KINDS, podsOf } from '../pods.ts';
import { rule } from '../rule.ts';

/** True if a container writes to a persistent volume; an operator's server does if it has one. */
function keepsData(workload: Manifest, container: string): boolean {
  const claims = claimsOf(workload);
  if (container === '') return claims.size > 0;
  const found = podsOf(workload)?.containers.find(({ name }) => name === container);
  return listAt(found?.value, 'volumeMounts').some((mount) => claims.has(textAt(mount, 'name') ?? ''));
}

/** Versions of images that keep data. */
function dataVersions(before: Manifest, after: Manifest) {
  return imageChanges(before, after).flatMap((change: Change) => {
    const [old, now] = [versionOf(change.old), versionOf(change.now.image)];
    return old && now && isSame(change) && keepsData(after, change.now.container) ? [{ change, old, now }] : [];
  });
}

/** A patch is older without other formats; a minor version need not be. */
const MINOR = 2;

const olderData = rule('SLP-data-older', {
  severity: 'danger',
  about:
    'A program with a persistent volume gets an older major or minor version, which may not read what the newer one wrote',
  kinds: POD_KINDS,
  changed: (before, after) =>
    dataVersions(before, after)
      .filter(({ old, now }) => compareVersions(now.slice(0, MINOR), old.slice(0, MINOR)) < 0)
      .map(({ change }) => ({
        path: change.now.path,
        says: `${label(after)} goes back from ${change.old.tag} to ${change.now.image.tag}, with a volume that the newer version wrote to`,
        instead: 'restore a backup that the older version made, or stay',
      })),
});

const skipped = rule('SLP-data-major-skipped', {
  severity: 'danger',
  about: 'A program with a persistent volume skips a major version, which databases refuse or never tested',
  kinds: POD_KINDS,
  changed: (before, after) =>
    dataVersions(before, after)
      .filter(({ old, now }) => (now[0] ?? 0) - (old[0] ?? 0) > 1)
      .map(({ change, old }) => ({
        path: change.now.path,
        says: `${label(after)} goes from ${change.old.tag} to ${change.now.image.tag} at once, with a volume that ${change.old.tag} wrote to`,
        instead: `go to version ${(old[0] ?? 0) + 1} first, and let it finish what it changes in its data; back up before each step`,
      })),
});

/** Servers that open no data of another major version, until that was converted (postgresql.org/docs/current/upgrading.html). */
const CONVERTED = /(^|\/)postgres(ql)?$/;

const unconverted = rule('SLP-data-unconverted', {
  severity: 'danger',
  about: 'PostgreSQL gets another major version: its server does not start on data of the one before',
  kinds: POD_KINDS,
  changed: (before, after) =>
    dataVersions(before, after)
      .filter(({ change, old, now }) => CONVERTED.test(change.now.image.repository) && (now[0] ?? 0) !== (old[0] ?? 0))
      .map(({ change }) => ({
        path: change.now.path,
        says: `${label(after)} goes from ${change.old.tag} to ${change.now.image.tag}, and does not start on the data that ${change.old.tag} wrote`,
        instead:
          'take a dump, start the new version on an empty volume, and restore it: docs/runbooks/restore-postfacto.md',
      })),
});

const migration = rule('SLP-migration-back', {
  severity: 'danger',
  about: 'A Job gets an older version: what the newer one migrated stays as it is',
  kinds: ['Job'],
  changed: (before, after) =>
    imageChanges(before, after)
      .filter((change) => {
        const [old, now] = [versionOf(change.old), versionOf(change.now.image)];
        return old && now && isSame(change) && compareVersions(now, old) < 0;
      })
      .map(({ old, now }) => ({
        path: now.path,
        says: `${label(after)} goes back from ${old.tag} to ${now.image.tag}: what ${old.tag} changed in a database is not undone by that`,
        instead: 'check that the older version works with it; if not, restore a backup',
      })),
});

/** Versions of what keeps data. */
export const DATA_IMAGES = [olderData, skipped, unconverted, migration];
