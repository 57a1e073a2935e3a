import { z } from 'zod';
import { Fault, similar } from './fault.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** A pinned version, with what Renovate needs to update it. */
export const pinSchema = z.strictObject({
  /** Where Renovate looks for newer versions. */
  datasource: z.enum(['docker', 'github-tags', 'github-releases', 'helm']),
  /** An image without its tag, or `owner/repository`. */
  packageName: z
    .string()
    .regex(/^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*$/i, 'must be an image without its tag, or owner/repository'),
  /** A tag, or a chart's version, which may have a `+`. */
  version: z.string().regex(/^[\w][\w.+-]{0,127}$/, 'must be a tag: letters, digits, dots, hyphens and underscores'),
  /**
   * Digest of the image, or commit of the repository's tag, if known: what runs is then exactly what was reviewed,
   * even if the tag moves.
   */
  digest: z
    .string()
    .regex(/^(sha256:[0-9a-f]{64}|[0-9a-f]{40})$/, 'must be sha256: and 64 hexadecimal digits, or a commit of 40')
    .optional(),
  /** The chart repository, or a GitHub server. @default https://github.com, for the datasources of GitHub */
  registryUrl: z
    .url({
      protocol: /^https?$/,
      error: 'must be the URL of a classic chart repository, https://…: OCI is not supported',
    })
    .optional(),
  /** The release asset with the manifests. @default the source archive of the version */
  asset: z
    .string()
    .regex(/^[\w][\w.+-]*$/, 'must be the file name of a release asset')
    .optional(),
  /** Why the commit of a repository's tag is not known. */
  unpinnedBecause: z.string().min(1).optional(),
  /** SHA-256 of files of the repository that bootstrap applies, by their paths. */
  files: z.record(z.string(), z.string().regex(SHA256, 'must be 64 hexadecimal digits')).optional(),
  /** SHA-256 of the archive that an entry of `manifests` renders. */
  sha256: z.string().regex(SHA256, 'must be 64 hexadecimal digits, as slipway fetch prints them').optional(),
});

/** Pins by name. */
export const pinsSchema = z.record(z.string(), pinSchema);

export type Pin = z.output<typeof pinSchema>;

/** A release of a repository. */
export interface PinnedRelease {
  /** Its tag. */
  readonly version: string;
  /** What to read: its commit, or the tag if the commit is not known. */
  readonly revision: string;
}

/** What a pin is used as. */
type Source = 'docker' | 'github' | 'archive';

/** The datasources of each use of a pin. */
const SOURCES: Readonly<Record<Source, { readonly datasources: readonly Pin['datasource'][]; readonly fix: string }>> =
  {
    docker: { datasources: ['docker'], fix: 'it is an image: use "docker"' },
    github: {
      datasources: ['github-tags', 'github-releases'],
      fix: 'it is a repository\'s tag: use "github-tags" or "github-releases"',
    },
    archive: {
      datasources: ['helm', 'github-tags', 'github-releases'],
      fix: 'it is a chart or a repository\'s archive: use "helm", "github-tags" or "github-releases"',
    },
  };

/** The pinned versions of one cluster. */
export class Pins {
  private readonly pins: Readonly<Record<string, Pin>>;
  private readonly file: string;
  private readonly asked = new Set<string>();

  /** @param file path shown in error messages */
  constructor(pins: Readonly<Record<string, Pin>>, file: string) {
    this.pins = pins;
    this.file = file;
  }

  /** An image reference with tag and, if known, digest. @throws Fault if there is no such pin */
  image(name: string): string {
    const { packageName, version, digest } = this.pin(name, 'docker');
    return `${packageName}:${version}${digest ? `@${digest}` : ''}`;
  }

  /** Several images whose pins share a prefix: `images('velero', 'server').server` is that of pin `velero-server`. */
  images<Name extends string>(prefix: string, ...names: readonly Name[]): Record<Name, string> {
    return Object.fromEntries(names.map((name) => [name, this.image(`${prefix}-${name}`)])) as Record<Name, string>;
  }

  /** A tag of a repository. @throws Fault if there is no such pin */
  tag(name: string): string {
    return this.pin(name, 'github').version;
  }

  /** A release of a repository, by its commit if that is known. @throws Fault if there is no such pin */
  release(name: string): PinnedRelease {
    const { version, digest, unpinnedBecause } = this.pin(name, 'github');
    if (digest === undefined && unpinnedBecause === undefined) {
      throw new Fault({
        what: `the commit of "${name}" is not pinned: its tag ${version} can be moved to another one`,
        file: this.file,
        fix: 'run "npx slipway pins --write", which adds the commit as "digest"; or give the reason in "unpinnedBecause"',
      });
    }
    return { version, revision: digest ?? version };
  }

  /** The version of a pin of any datasource, and the file that says it. @throws Fault if there is no such pin */
  version(name: string): { readonly version: string; readonly file: string } {
    return { version: this.pin(name).version, file: this.file };
  }

  /** What an entry of `manifests` renders. @throws Fault if there is no such pin, or it is an image's */
  archive(name: string): Pin {
    return this.pin(name, 'archive');
  }

  /** Pins that were never looked up. */
  unused(): string[] {
    return Object.keys(this.pins).filter((name) => !this.asked.has(name));
  }

  private pin(name: string, source?: Source): Pin {
    const pin = this.pins[name];
    if (!pin) {
      const misspelt = similar(name, this.unused());
      throw new Fault({
        what: `the version of "${name}" is not pinned`,
        file: this.file,
        fix: misspelt ? `rename "${misspelt}", which nothing uses, to "${name}"` : `add "${name}"`,
      });
    }
    if (source && !SOURCES[source].datasources.includes(pin.datasource)) {
      throw new Fault({
        what: `pin "${name}" has the wrong datasource`,
        file: this.file,
        seen: pin.datasource,
        fix: SOURCES[source].fix,
      });
    }
    if (pin.digest !== undefined && pin.digest.startsWith('sha256:') !== (pin.datasource === 'docker')) {
      throw new Fault({
        what: `pin "${name}" has a digest of another kind`,
        file: this.file,
        seen: pin.digest,
        fix:
          pin.datasource === 'docker'
            ? 'use the digest of the image: sha256:…'
            : "use the commit of the repository's tag",
      });
    }
    this.asked.add(name);
    return pin;
  }
}
