import { Fault, suggest } from '../../charts/fault.ts';
import { type Pin, type PinFile, pinSchema } from '../../charts/pins.ts';
import type { PinMove } from '../../charts/promotion.ts';
import { MISUSE } from '../unknown.ts';

/** A version of an image. */
export type Tag = Pick<Pin, 'version' | 'digest'>;

/** An image in a ring. */
export interface PinnedImage {
  readonly name: string;
  readonly file: PinFile;
  readonly pin: Pin;
  /** False in a ring none of whose images has a digest yet: all of a cluster's images have one, or none. */
  readonly hasDigest: boolean;
}

/** @throws Fault for what is no tag, and no tag with the digest of an image */
export function tagOf(text: string): Tag {
  const [version = '', digest, ...more] = text.split('@');
  const isDigest = digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest);
  if (pinSchema.shape.version.safeParse(version).success && isDigest && more.length === 0) return { version, digest };
  throw new Fault({
    what: 'that is no version of an image',
    ...MISUSE,
    seen: text,
    fix: 'write its tag, with its digest if that is known: 1.2.3@sha256:… with 64 hexadecimal digits',
  });
}

/** @throws Fault for a pin that the ring does not have, and one of no image */
export function imageIn(ring: string, files: readonly PinFile[], name: string): PinnedImage {
  const images = files
    .flatMap(({ pins }) => Object.entries(pins))
    .filter(([, { datasource }]) => datasource === 'docker');
  const file = files.find(({ pins }) => Object.hasOwn(pins, name));
  const pin = file?.pins[name];
  if (file === undefined || pin === undefined)
    throw new Fault({
      what: `${ring} has no pin "${name}"`,
      ...MISUSE,
      seen: name,
      fix: suggest(
        name,
        images.map(([one]) => one),
      ),
    });
  if (pin.datasource !== 'docker')
    throw new Fault({
      what: `the pin "${name}" is of no image`,
      file: file.file,
      seen: pin.datasource,
      fix: 'take what Renovate proposes, or edit it and run "npx slipway pins --write"',
    });
  const others = images.filter(([one]) => one !== name);
  const hasDigest = pin.digest !== undefined || others.every(([, { digest }]) => digest !== undefined);
  return { name, file, pin, hasDigest };
}

/** The move of an image to a version. @throws Fault for one without the digest that it has to have */
export function moveTo({ name, pin, hasDigest }: PinnedImage, { version, digest }: Tag): PinMove {
  if (hasDigest && digest === undefined)
    throw new Fault({
      what: `"${name}" is pinned by digest, and this version has none`,
      ...MISUSE,
      seen: version,
      fix: `write it with its digest: ${version}@sha256:…`,
    });
  const { datasource, packageName, version: _version, digest: _digest, ...more } = pin;
  // Right after the version, where Renovate looks for it.
  const tag = { version, ...(hasDigest && { digest }) };
  return { pin: name, before: pin, after: { datasource, packageName, ...tag, ...more } };
}
