import { compareVersions, type Image, versionOf } from '../../../lib/images.ts';
import { label } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { type Change, imageChanges, imagesOf, isSame } from '../images.ts';
import { POD_KINDS } from '../pods.ts';
import { type GradedRule, rule } from '../rule.ts';

/** The change of a version within one repository: both versions, if the tags have some. */
function versions(change: Change): readonly [readonly number[], readonly number[]] | undefined {
  const [old, now] = [versionOf(change.old), versionOf(change.now.image)];
  return old && now && isSame(change) ? [old, now] : undefined;
}

/** A rule about the change of an image, whichever container of an object runs it. */
function imageRule(
  id: string,
  {
    says,
    when,
    instead,
    ...grade
  }: Pick<GradedRule, 'severity' | 'about'> & {
    readonly when: (change: Change) => boolean;
    readonly says: (old: Image, now: Image, object: string) => string;
    readonly instead: string;
  },
): GradedRule {
  return rule(id, {
    ...grade,
    kinds: POD_KINDS,
    changed: (before, after) =>
      imageChanges(before, after)
        .filter(when)
        .map(({ old, now: { image, path } }) => ({ path, says: says(old, image, label(after)), instead })),
  });
}

const major = imageRule('SLP-image-major', {
  severity: 'warn',
  about: 'An image gets a new major version, or a new minor one below 1.0',
  when: (change) => {
    const [old, now] = versions(change) ?? [[], []];
    const [first = 0, second = 0] = old;
    return (now[0] ?? 0) > first || (first === 0 && now[0] === 0 && (now[1] ?? 0) > second);
  },
  says: (old, now, object) =>
    `${object} goes from ${old.repository} ${old.tag} to ${now.tag}, which may break what it did`,
  instead: 'read the release notes for what changes, and how to go back',
});

const older = imageRule('SLP-image-older', {
  severity: 'warn',
  about: 'An image gets an older version',
  when: (change) => {
    const [old, now] = versions(change) ?? [[], []];
    return compareVersions(now, old) < 0;
  },
  says: (old, now, object) => `${object} goes back from ${old.repository} ${old.tag} to ${now.tag}`,
  instead: 'check that the older version reads what the newer one wrote',
});

const repointed = imageRule('SLP-tag-repointed', {
  severity: 'warn',
  about: 'An image has the same tag and another digest: the tag was published again',
  when: (change) => {
    const { old, now } = change;
    const bothHaveOne = old.digest !== undefined && now.image.digest !== undefined;
    return isSame(change) && old.tag === now.image.tag && bothHaveOne;
  },
  says: (old, now) =>
    `Tag ${old.tag} of ${old.repository} stands for another image than before (tag re-pointed): ${short(old.digest)} → ${short(now.digest)}`,
  instead: 'ask who published it again; a rebuild for fixes of its base is usual, a changed program is not',
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

const registry = imageRule('SLP-other-registry', {
  severity: 'danger',
  about: 'An image comes from another registry',
  when: ({ old, now }) => old.registry !== now.image.registry,
  says: (old, now, object) => `${object} pulls ${now.repository} from ${now.registry} instead of ${old.registry}`,
  instead: 'check who publishes it there, and that the nodes may pull from it',
});

const repository = imageRule('SLP-other-image', {
  severity: 'warn',
  about: 'A container runs an image of another repository',
  when: (change) => change.old.registry === change.now.image.registry && !isSame(change),
  says: (old, now, object) => `${object} runs ${now.repository} instead of ${old.repository}`,
  instead: 'check who publishes it, and that it takes the same settings',
});

/** Images. */
export const IMAGES = [major, older, repointed, noDigest, registry, repository];
