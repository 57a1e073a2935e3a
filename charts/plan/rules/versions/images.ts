import { label } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { compareVersions, versionOf } from '../../../lib/images.ts';
import { type Change, imageChanges, imagesOf, isSame } from '../images.ts';
import { POD_KINDS } from '../pods.ts';
import { rule } from '../rule.ts';

/** The change of a version within one repository: both versions, if the tags have some. */
function versions(change: Change): readonly [readonly number[], readonly number[]] | undefined {
  const [old, now] = [versionOf(change.old), versionOf(change.now.image)];
  return old && now && isSame(change) ? [old, now] : undefined;
}

const major = rule('SLP-image-major', {
  severity: 'warn',
  about: 'An image gets a new major version, or a new minor one below 1.0',
  kinds: POD_KINDS,
  changed: (before, after) =>
    imageChanges(before, after)
      .filter((change) => {
        const [old, now] = versions(change) ?? [[], []];
        const [first = 0, second = 0] = old;
        return (now[0] ?? 0) > first || (first === 0 && now[0] === 0 && (now[1] ?? 0) > second);
      })
      .map(({ old, now }) => ({
        path: now.path,
        says: `${label(after)} goes from ${old.repository} ${old.tag} to ${now.image.tag}, which may break what it did`,
        instead: 'read the release notes for what changes, and how to go back',
      })),
});

const older = rule('SLP-image-older', {
  severity: 'warn',
  about: 'An image gets an older version',
  kinds: POD_KINDS,
  changed: (before, after) =>
    imageChanges(before, after)
      .filter((change) => {
        const [old, now] = versions(change) ?? [[], []];
        return compareVersions(now, old) < 0;
      })
      .map(({ old, now }) => ({
        path: now.path,
        says: `${label(after)} goes back from ${old.repository} ${old.tag} to ${now.image.tag}`,
        instead: 'check that the older version reads what the newer one wrote',
      })),
});

const repointed = rule('SLP-tag-repointed', {
  severity: 'warn',
  about: 'An image has the same tag and another digest: the tag was published again',
  kinds: POD_KINDS,
  changed: (before, after) =>
    imageChanges(before, after)
      .filter(
        (change) =>
          isSame(change) &&
          change.old.tag === change.now.image.tag &&
          change.old.digest !== undefined &&
          change.now.image.digest !== undefined,
      )
      .map(({ old, now }) => ({
        path: now.path,
        says: `Tag ${old.tag} of ${old.repository} stands for another image than before (tag re-pointed): ${short(old.digest)} → ${short(now.image.digest)}`,
        instead: 'ask who published it again; a rebuild for fixes of its base is usual, a changed program is not',
      })),
});

const short = (digest = ''): string => digest.slice(0, 19);

/** True if images of a cluster have digests as a rule: more than half of them. */
function digestsAreUsual(snapshot: Snapshot): boolean {
  const images = POD_KINDS.flatMap((kind) => snapshot.ofKind(kind)).flatMap(({ manifest }) => imagesOf(manifest));
  return images.filter(({ image }) => image.digest !== undefined).length * 2 > images.length;
}

const noDigest = rule('SLP-no-digest', {
  severity: 'warn',
  about: 'An image loses its digest, or is new without one where others have theirs',
  kinds: POD_KINDS,
  written: (before, after, context) => {
    const old = new Map(before ? imagesOf(before).map(({ container, image }) => [container, image]) : []);
    return imagesOf(after)
      .filter(({ image, container }) => {
        if (image.digest !== undefined) return false;
        const earlier = old.get(container);
        return earlier ? earlier.digest !== undefined : digestsAreUsual(context.after);
      })
      .map(({ image, path }) => ({
        path,
        says: `${label(after)} runs whatever ${image.text} stands for when a node pulls it: it has no digest`,
        instead: 'run npx slipway pins --write',
      }));
  },
});

const registry = rule('SLP-other-registry', {
  severity: 'danger',
  about: 'An image comes from another registry',
  kinds: POD_KINDS,
  changed: (before, after) =>
    imageChanges(before, after)
      .filter(({ old, now }) => old.registry !== now.image.registry)
      .map(({ old, now }) => ({
        path: now.path,
        says: `${label(after)} pulls ${now.image.repository} from ${now.image.registry} instead of ${old.registry}`,
        instead: 'check who publishes it there, and that the nodes may pull from it',
      })),
});

const repository = rule('SLP-other-image', {
  severity: 'warn',
  about: 'A container runs an image of another repository',
  kinds: POD_KINDS,
  changed: (before, after) =>
    imageChanges(before, after)
      .filter((change) => change.old.registry === change.now.image.registry && !isSame(change))
      .map(({ old, now }) => ({
        path: now.path,
        says: `${label(after)} runs ${now.image.repository} instead of ${old.repository}`,
        instead: 'check who publishes it, and that it takes the same settings',
      })),
});

/** Images. */
export const IMAGES = [major, older, repointed, noDigest, registry, repository];
