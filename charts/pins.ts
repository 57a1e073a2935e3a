import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Fault, type Problem, similar, suggest, throwIfAny } from './fault.ts';
import { day, reason } from './lib/answered.ts';

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

/** Pins by name: a file `clusters/pins/<ring>/<component>.json`. */
export const pinsSchema = z.record(z.string(), pinSchema);

export type Pin = z.output<typeof pinSchema>;

/** What a pin says of the version alone. */
const VERSION = ['version', 'digest', 'unpinnedBecause', 'files', 'sha256'] as const;

/** A version, with what belongs to it. */
export type Version = Pick<Pin, (typeof VERSION)[number]>;

/** Another version than the ring's, for one cluster. */
const exceptionSchema = pinSchema
  .omit({ datasource: true, packageName: true, registryUrl: true, asset: true })
  .extend({ because: reason, until: day });

/** Exceptions by the names of pins: the file `clusters/<name>/pins.json`. */
export const exceptionsSchema = z.record(z.string(), exceptionSchema);

export type Exception = z.output<typeof exceptionSchema>;

/** The pins of one component in one ring. */
export interface PinFile {
  /** Its name, and that of the file. */
  readonly component: string;
  /** Path from the repository's root. */
  readonly file: string;
  readonly pins: Readonly<Record<string, Pin>>;
}

/** Where the pins of a cluster are. */
export interface PinFiles {
  /** The folder of its ring: `clusters/pins/staging`. */
  readonly folder: string;
  readonly files: readonly PinFile[];
  /** What the cluster itself says. @default nothing */
  readonly exceptions?: { readonly file: string; readonly byPin: Readonly<Record<string, Exception>> };
}

/** A pin, and the file that says its version. */
export interface PlacedPin {
  readonly pin: Pin;
  readonly file: string;
}

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

/** The pinned versions of one cluster: those of its ring, but for its exceptions. */
export class Pins {
  private readonly props: PinFiles;
  private readonly asked = new Set<string>();

  /** @throws Fault for each pin that two files have, and for each exception of no pin, or without effect */
  constructor(props: PinFiles) {
    this.props = props;
    throwIfAny([...pinnedTwice(props.files), ...exceptionsOfNothing(props)]);
  }

  /** The pins of a component. */
  of(component: string): ComponentPins {
    return new ComponentPins(this.placed(component), this.file(component).file, (name) => this.asked.add(name));
  }

  /** All pins by their names. */
  all(): ReadonlyMap<string, PlacedPin> {
    return new Map(this.props.files.flatMap(({ component }) => [...this.placed(component)]));
  }

  /** The exceptions whose last day is past. @param today as `2026-12-31` */
  over(today: string): Problem[] {
    const { file, byPin = {} } = this.props.exceptions ?? {};
    return Object.entries(byPin)
      .filter(([, { until }]) => until < today)
      .map(([name, { until, because }]) => ({
        what: `the exception "${name}" is over since ${until}: ${because}`,
        file,
        seen: `today is ${today}`,
        fix: 'remove it, so that the cluster has the version of its ring; or give it a later end, with a reason that is still true',
      }));
  }

  /** Names of pins that were never looked up. */
  unused(): string[] {
    return this.props.files.flatMap(({ pins }) => Object.keys(pins)).filter((name) => !this.asked.has(name));
  }

  private file(component: string): Pick<PinFile, 'file' | 'pins'> {
    const { folder, files } = this.props;
    return files.find((one) => one.component === component) ?? { file: `${folder}/${component}.json`, pins: {} };
  }

  private placed(component: string): ReadonlyMap<string, PlacedPin> {
    const { file, pins } = this.file(component);
    const { exceptions } = this.props;
    return new Map(
      Object.entries(pins).map(([name, pin]) => {
        const exception = exceptions?.byPin[name];
        return [name, exception ? { pin: excepted(pin, exception), file: exceptions.file } : { pin, file }];
      }),
    );
  }
}

/** The pinned versions of one component. */
export class ComponentPins {
  private readonly pins: ReadonlyMap<string, PlacedPin>;
  private readonly file: string;
  private readonly note: (name: string) => void;
  private readonly asked = new Set<string>();

  /**
   * @param file where its pins belong, for messages
   * @param note is told each name that is looked up
   */
  constructor(pins: ReadonlyMap<string, PlacedPin>, file: string, note: (name: string) => void) {
    this.pins = pins;
    this.file = file;
    this.note = note;
  }

  /** An image reference with tag and, if known, digest. @throws Fault if there is no such pin */
  image(name: string): string {
    const { packageName, version, digest } = this.pin(name, 'docker').pin;
    return `${packageName}:${version}${digest ? `@${digest}` : ''}`;
  }

  /** Several images whose pins share a prefix: `images('velero', 'server').server` is that of pin `velero-server`. */
  images<Name extends string>(prefix: string, ...names: readonly Name[]): Record<Name, string> {
    return Object.fromEntries(names.map((name) => [name, this.image(`${prefix}-${name}`)])) as Record<Name, string>;
  }

  /** A release of a repository, by its commit if that is known. @throws Fault if there is no such pin */
  release(name: string): PinnedRelease {
    const { pin, file } = this.pin(name, 'github');
    const { version, digest, unpinnedBecause } = pin;
    if (digest === undefined && unpinnedBecause === undefined) {
      throw new Fault({
        what: `the commit of "${name}" is not pinned: its tag ${version} can be moved to another one`,
        file,
        fix: 'run "npx slipway pins --write", which adds the commit as "digest"; or give the reason in "unpinnedBecause"',
      });
    }
    return { version, revision: digest ?? version };
  }

  /** The tag of a repository, and files of it with their SHA-256. @throws Fault if there is no such pin */
  tag(name: string): Pick<Pin, 'version' | 'files'> {
    const { version, files } = this.pin(name, 'github').pin;
    return { version, files };
  }

  /** The version of a pin of any datasource, and the file that says it. @throws Fault if there is no such pin */
  version(name: string): { readonly version: string; readonly file: string } {
    const { pin, file } = this.pin(name);
    return { version: pin.version, file };
  }

  /** What an entry of `manifests` renders. @throws Fault if there is no such pin, or it is an image's */
  archive(name: string): PlacedPin {
    return this.pin(name, 'archive');
  }

  private pin(name: string, source?: Source): PlacedPin {
    const placed = this.pins.get(name);
    if (!placed) {
      const misspelt = similar(
        name,
        [...this.pins.keys()].filter((one) => !this.asked.has(one)),
      );
      throw new Fault({
        what: `the version of "${name}" is not pinned`,
        file: this.file,
        fix: misspelt ? `rename "${misspelt}", which nothing uses, to "${name}"` : `add "${name}"`,
      });
    }
    const { pin, file } = placed;
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
        file,
        seen: pin.digest,
        fix:
          pin.datasource === 'docker'
            ? 'use the digest of the image: sha256:…'
            : "use the commit of the repository's tag",
      });
    }
    this.asked.add(name);
    this.note(name);
    return placed;
  }
}

/** The package of a ring's pin in the version of an exception. */
function excepted(pin: Pin, exception: Exception): Pin {
  const { datasource, packageName, registryUrl, asset } = pin;
  return { datasource, packageName, registryUrl, asset, ...versionOf(exception) };
}

/** What a pin or an exception says of the version alone. */
export function versionOf({ version, digest, unpinnedBecause, files, sha256 }: Version): Version {
  return { version, digest, unpinnedBecause, files, sha256 };
}

/** True for an exception that is none: it says what the pin says. */
export function hasVersionOf(pin: Version, exception: Version): boolean {
  return VERSION.every((field) => isDeepStrictEqual(exception[field], pin[field]));
}

function pinnedTwice(files: readonly PinFile[]): Problem[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ file, pins }) =>
    Object.keys(pins).flatMap((name) => {
      const first = seen.get(name);
      seen.set(name, first ?? file);
      return first === undefined
        ? []
        : [{ what: `pin "${name}" is in two files of one ring`, file, seen: first, fix: 'keep it in one of them' }];
    }),
  );
}

function exceptionsOfNothing({ folder, files, exceptions }: PinFiles): Problem[] {
  const pins = new Map(files.flatMap((one) => Object.entries(one.pins)));
  return Object.entries(exceptions?.byPin ?? {}).flatMap(([name, exception]): Problem[] => {
    const pin = pins.get(name);
    const file = exceptions?.file;
    if (pin === undefined)
      return [
        {
          what: `"${name}" is an exception from no pin`,
          file,
          seen: `${folder} does not pin it`,
          fix: suggest(name, [...pins.keys()]),
        },
      ];
    return hasVersionOf(pin, exception)
      ? [
          {
            what: `the exception "${name}" has no effect`,
            file,
            seen: `${folder} pins ${pin.version} too`,
            fix: 'remove it',
          },
        ]
      : [];
  });
}
