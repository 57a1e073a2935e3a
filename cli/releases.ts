import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { grouped } from '../charts/lib/grouped.ts';
import type { Pin } from '../charts/pins.ts';
import { type ComparedPin, type ComparedRing, countsByFile, linesOf, valuesOf } from './compared-pins.ts';
import { pinsIn, type WrittenPin } from './pin-files.ts';
import { type PinChange, writePins } from './pin-changes.ts';
import { type Answer, reasonOf, TIMEOUT_MS } from './registry.ts';
import { chooseRings } from './rings.ts';
import { sha256Of } from './sources/archives.ts';
import { countOf, type Workspace } from './synth.ts';

/** Where releases are read. */
export interface ReleaseServers {
  /** Of repositories. @default https://github.com */
  readonly git: string;
  /** Of single files. @default https://raw.githubusercontent.com */
  readonly files: string;
}

const GITHUB: ReleaseServers = { git: 'https://github.com', files: 'https://raw.githubusercontent.com' };

/** Something of a release that a pin states: its commit, or the SHA-256 of one of its files. */
interface Stated {
  readonly compared: ComparedPin;
  readonly change: (value: string) => readonly PinChange[];
}

/**
 * `slipway pins [RING…]`, of releases: asks their repositories for the commits of the tags, and for the files that bootstrap
 * applies, and compares them with the pins. With `write`, their files get what is known.
 */
export async function releases(
  { root, importer }: Pick<Workspace, 'root' | 'importer'>,
  asked: readonly string[],
  {
    write,
    servers = GITHUB,
    timeoutMs = TIMEOUT_MS,
  }: {
    readonly write: boolean;
    readonly servers?: ReleaseServers;
    readonly timeoutMs?: number;
  },
): Promise<ComparedReleases[]> {
  const rings: ComparedReleases[] = [];
  for (const ring of await chooseRings(root, importer, asked)) {
    const pins = pinsIn(root, ring).filter(({ pin }) => isRelease(pin));
    const stated = (await Promise.all(pins.map((pin) => statedBy(pin, servers, timeoutMs)))).flat();
    rings.push({
      ring: ring.name,
      releases: pins.length,
      pins: stated.map(({ compared }) => compared),
      ...(write && { wrote: written(root, stated) }),
    });
  }
  return rings;
}

/** Releases of a ring; of one, a pin may state several things. */
export interface ComparedReleases extends ComparedRing {
  readonly releases: number;
}

/** For each ring the number of releases, and a line for what is not as its pin says. */
export function releasesText(rings: readonly ComparedReleases[]): string {
  return rings
    .flatMap((ring) => [
      `${ring.ring}: ${countOf(ring.releases, 'release')}`,
      ...linesOf(ring, (count) => countOf(count, 'change')),
    ])
    .join('\n');
}

/** @returns how many changes each file got */
function written(root: string, stated: readonly Stated[]): Record<string, number> {
  const changes = stated.flatMap(({ compared: { file, found, pinned }, change }) =>
    found === undefined || found === pinned ? [] : change(found).map((one) => ({ file, change: one })),
  );
  for (const [file, own] of grouped(changes, ({ file: of }) => of))
    writePins(
      join(root, file),
      own.map(({ change }) => change),
    );
  return countsByFile(changes);
}

/** An archive has a checksum of its own, which `slipway fetch` prints. */
function isRelease({ datasource, sha256, asset }: Pin): boolean {
  return datasource.startsWith('github-') && sha256 === undefined && asset === undefined;
}

async function statedBy(
  { name, pin, file }: WrittenPin,
  servers: ReleaseServers,
  timeoutMs: number,
): Promise<Stated[]> {
  const commit: Stated = {
    compared: {
      pin: name,
      of: `${pin.packageName} ${pin.version}`,
      file,
      ...valuesOf(pin.digest, await commitOf(pin, servers.git, timeoutMs)),
    },
    change: (value) => [
      [name, 'digest', value],
      // There is no reason any more.
      [name, 'unpinnedBecause', undefined],
    ],
  };
  const files = Object.entries(pin.files ?? {}).map(async ([path, now]): Promise<Stated> => ({
    compared: {
      pin: name,
      of: `${path} of ${pin.version}`,
      file,
      ...valuesOf(now, await hashOf(`${servers.files}/${pin.packageName}/${pin.version}/${path}`, timeoutMs)),
    },
    change: (value) => [[name, ['files', path], value]],
  }));
  return [commit, ...(await Promise.all(files))];
}

/** The commit of a tag, by Git, which follows an annotated tag to it. */
async function commitOf({ packageName, version }: Pin, server: string, timeoutMs: number): Promise<Answer> {
  const url = `${server}/${packageName}.git`;
  const tag = `refs/tags/${version}`;
  try {
    const { stdout } = await promisify(execFile)('git', ['ls-remote', '--quiet', url, tag, `${tag}^{}`], {
      timeout: timeoutMs,
      // Without a prompt, for instance for the password of a repository that does not exist.
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
    });
    const refs = new Map(stdout.split('\n').map((line) => line.split('\t').toReversed() as [string, string]));
    const commit = refs.get(`${tag}^{}`) ?? refs.get(tag);
    return commit === undefined ? { unknown: `${url} has no tag ${version}` } : { digest: commit };
  } catch (error) {
    const { killed, stderr = '' } = error as { readonly killed?: boolean; readonly stderr?: string };
    if (killed) return { unknown: `${url} did not answer within ${timeoutMs / 1000} s` };
    return { unknown: `git cannot read ${url}: ${stderr.trim().split('\n').at(-1)}` };
  }
}

/** The SHA-256 of what is at a URL. */
async function hashOf(url: string, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { unknown: `${url} answers ${response.status}` };
    return { digest: sha256Of(Buffer.from(await response.arrayBuffer())) };
  } catch (error) {
    return { unknown: reasonOf(error, url, timeoutMs) };
  }
}
