import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { grouped } from '../charts/lib/grouped.ts';
import type { Pin } from '../charts/pins.ts';
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
  readonly what: string;
  /** The file of pins that says it. */
  readonly file: string;
  readonly now: string | undefined;
  readonly answer: Answer;
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
): Promise<string> {
  const lines: string[] = [];
  for (const ring of await chooseRings(root, importer, asked)) {
    const pins = pinsIn(root, ring).filter(({ pin }) => isRelease(pin));
    const stated = (await Promise.all(pins.map((pin) => statedBy(pin, servers, timeoutMs)))).flat();
    lines.push(`${ring.name}: ${countOf(pins.length, 'release')}`, ...stated.flatMap(lineOf));
    if (write) lines.push(...written(root, ring.name, stated));
  }
  return lines.join('\n');
}

function written(root: string, ring: string, stated: readonly Stated[]): string[] {
  const changed = stated.flatMap(({ file, now, answer, change }) =>
    'digest' in answer && answer.digest !== now ? [{ file, changes: change(answer.digest) }] : [],
  );
  const byFile = grouped(changed, ({ file }) => file);
  for (const [file, ofFile] of byFile)
    writePins(
      join(root, file),
      ofFile.flatMap(({ changes }) => changes),
    );
  return byFile.size === 0
    ? [`${ring}: unchanged`]
    : [...byFile].map(
        ([file, ofFile]) => `${file}: wrote ${countOf(ofFile.flatMap((one) => one.changes).length, 'change')}`,
      );
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
    what: `${name} (${pin.packageName} ${pin.version})`,
    file,
    now: pin.digest,
    answer: await commitOf(pin, servers.git, timeoutMs),
    change: (value) => [
      [name, 'digest', value],
      // There is no reason any more.
      [name, 'unpinnedBecause', undefined],
    ],
  };
  const files = Object.entries(pin.files ?? {}).map(async ([path, now]): Promise<Stated> => ({
    what: `${name} (${path} of ${pin.version})`,
    file,
    now,
    answer: await hashOf(`${servers.files}/${pin.packageName}/${pin.version}/${path}`, timeoutMs),
    change: (value) => [[name, ['files', path], value]],
  }));
  return [commit, ...(await Promise.all(files))];
}

/** A line for what is not as the pin says. */
function lineOf({ what, file, now, answer }: Stated): string[] {
  if ('unknown' in answer) return [`  ${what}: unknown: ${answer.unknown}`];
  if (answer.digest === now) return [];
  return [
    now === undefined
      ? `  ${what}: ${answer.digest}`
      : `  ${what}: ${answer.digest}, but ${file} has ${now}: the version was edited, or the tag was moved`,
  ];
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
