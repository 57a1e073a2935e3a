import { createHash } from 'node:crypto';
import { imageOf } from '../../../charts/lib/images.ts';
import type { Kit } from '../build.ts';

/** Packages of registries. */
export interface Downloads {
  /** Folder for downloads, kept between labs. */
  readonly downloads: string;
}

/** What the layers of images are made from. */
export interface Sources extends Downloads {
  readonly kit: Pick<Kit, 'folder' | 'program'>;
  /** The checkout: its built services. */
  readonly checkout: string;
}

/** Files of an image. Images that share a layer share its bytes. */
export interface Layer {
  /** For progress messages and file names: lower-case words with hyphens. */
  readonly name: string;
  /** Everything that decides its contents, such as versions and the text of scripts; any JSON value. */
  key(sources: Sources): unknown;
  /** Writes its files below `root`, which becomes `/`. All are owned by root in the image. */
  write(root: string, sources: Sources): Promise<void> | void;
}

/** What the lab's image contains in place of the one that its name stands for. */
export type Origin =
  /** The program of the pinned version, built from its source. */
  | { readonly real: string }
  /** The program, of another version than the pinned one. */
  | { readonly otherVersion: string; readonly because: string }
  /** Something that behaves like it in some ways. */
  | { readonly played: string; readonly because: string };

/** An image that the lab makes, with the paths, user and entry point of the one that its name stands for. */
export interface Image {
  /** The end of its repository's name, such as `library/traefik` for `docker.io/library/traefik:v3.7.11`. */
  readonly repository: string;
  readonly origin: Origin;
  /** From the lowest to the highest. */
  readonly layers: readonly Layer[];
  /** The image's configuration, as in the OCI image specification (`config`). */
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly User?: string;
    readonly WorkingDir?: string;
    /** The signal that ends it. @default SIGTERM */
    readonly StopSignal?: string;
  };
}

/** True if an image reference, with tag or digest, names this image. */
export function names({ repository }: Image, reference: string): boolean {
  const named = imageOf(reference);
  return `/${named.registry}/${named.repository}`.endsWith(`/${repository}`);
}

/** A short hash of a JSON value, for names in caches. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
