import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from './image.ts';
import { debianPackages, mergeUsr } from './sources.ts';

/** What nearly every program is linked with, certificates and time zones. */
const CORE = ['ca-certificates', 'gcc-12-base', 'libc-bin', 'libc6', 'libgcc-s1', 'libstdc++6', 'tzdata'];

/** Bash, the programs that scripts call, and what these are linked with. `kubectl cp` needs tar. */
const SHELL = [
  'bash',
  'coreutils',
  'dash',
  'findutils',
  'grep',
  'gzip',
  'libacl1',
  'libattr1',
  'libgmp10',
  'libpcre2-8-0',
  'libselinux1',
  'libssl3',
  'libtinfo6',
  'sed',
  'tar',
];

/** For the variable PATH of images with the layers below. */
export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Of the C library, only programs that convert between character sets read it: 8 of its 13 MB. */
const CONVERTERS = 'usr/lib/x86_64-linux-gnu/gconv';

/** C and C++ libraries, certificates, time zones, the locale C.UTF-8 and `/tmp`: enough for a program without a shell. */
export const core: Layer = {
  name: 'debian-core',
  key: () => ({ packages: CORE, revision: 1 }),
  async write(root, sources) {
    await debianPackages(CORE, root, sources);
    rmSync(join(root, CONVERTERS), { recursive: true, force: true });
    trustCertificates(root);
    for (const folder of ['etc', 'home', 'proc', 'root', 'run', 'sys', 'dev', 'var/lib'])
      mkdirSync(join(root, folder), { recursive: true });
    symlinkSync('/run', join(root, 'var/run'));
    for (const folder of ['tmp', 'var/tmp']) writableByAll(join(root, folder));
    writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  },
};

/** Bash and the usual programs, on top of `core`. */
export const shell: Layer = {
  name: 'debian-shell',
  key: () => ({ packages: SHELL, revision: 1 }),
  write: (root, sources) => debianPackages(SHELL, root, sources),
};

/** A user of an image, beside root and nobody. The group has the same name and number. */
export interface Account {
  readonly name: string;
  readonly id: number;
  readonly home: string;
}

/** `/etc/passwd` and `/etc/group`. */
export function accounts(...users: readonly Account[]): Layer {
  const all = [{ name: 'root', id: 0, home: '/root' }, ...users, { name: 'nobody', id: 65_534, home: '/nonexistent' }];
  return {
    name: ['accounts', ...users.map(({ name }) => name)].join('-'),
    key: () => all,
    write(root) {
      mkdirSync(join(root, 'etc'), { recursive: true });
      const passwd = all.map(({ name, id, home }) => `${name}:x:${id}:${id}:${name}:${home}:/bin/sh\n`);
      writeFileSync(join(root, 'etc/passwd'), passwd.join(''));
      writeFileSync(join(root, 'etc/group'), all.map(({ name, id }) => `${name}:x:${id}:\n`).join(''));
    },
  };
}

/** The user of images without a user of their own. */
export const NONROOT: Account = { name: 'nonroot', id: 65_532, home: '/home/nonroot' };

/** Makes a folder that every user may write to, as upstream's images do for any user. */
export function writableByAll(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o1777);
}

/** Writes files below `root` from texts, executable if their path is in a folder of programs. */
export function writeTexts(root: string, texts: Readonly<Record<string, string>>): void {
  mergeUsr(root);
  for (const [path, text] of Object.entries(texts)) {
    const file = join(root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    if (/^usr\/(local\/)?s?bin\//.test(path)) chmodSync(file, 0o755);
  }
}

/** The text of a file in `files/`. */
export function fileOf(name: string): string {
  return readFileSync(join(import.meta.dirname, 'files', name), 'utf8');
}

/** All certificates of the package, in the one file that OpenSSL, Go and curl read. */
function trustCertificates(root: string): void {
  const folder = join(root, 'usr/share/ca-certificates/mozilla');
  const bundle = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), bundle.join(''));
}
