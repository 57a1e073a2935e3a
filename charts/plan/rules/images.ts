import { type Image, imageOf } from '../../lib/images.ts';
import { at, type Manifest, textAt } from '../../lib/manifest.ts';
import { podsOf } from './pods.ts';

/** An image of an object. */
export interface Used {
  /** Name of the container; empty for the server that an operator runs. */
  readonly container: string;
  readonly path: string;
  readonly image: Image;
}

/** The images of an object's containers, or of the server that its controller runs. */
export function imagesOf(manifest: Manifest): Used[] {
  const pods = podsOf(manifest);
  const own = pods && pods.spec === undefined ? textAt(manifest, 'spec', 'image') : undefined;
  return [
    ...(own === undefined ? [] : [{ container: '', path: 'spec.image', image: imageOf(own) }]),
    ...(pods?.containers ?? []).flatMap(({ name, path, value }) => {
      const text = at(value, 'image');
      return typeof text === 'string' ? [{ container: name, path: `${path}.image`, image: imageOf(text) }] : [];
    }),
  ];
}

/** An image that changes. */
export interface Change {
  readonly old: Image;
  readonly now: Used;
}

/** The containers of both sides whose image changes. */
export function imageChanges(before: Manifest, after: Manifest): Change[] {
  const old = new Map(imagesOf(before).map(({ container, image }) => [container, image]));
  return imagesOf(after).flatMap((now) => {
    const one = old.get(now.container);
    return one && one.text !== now.image.text ? [{ old: one, now }] : [];
  });
}

/** True if two images are versions of one repository. */
export function isSame({ old, now: { image } }: Change): boolean {
  return old.repository === image.repository;
}
