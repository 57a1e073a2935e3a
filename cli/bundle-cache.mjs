/**
 * Keeps bundles of the command line in the user's cache, each named by the content of all that it is made of: it is never
 * out of date, and whoever has the same sources has the same bundle, in whatever folder.
 */
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';

/** The sources. Of each, the list of files counts too: another file may become part of the bundle. */
const FOLDERS = ['charts', 'cli', 'clusters'];
const NO_SOURCE = /\.test(?:ing)?\.ts$/;
const PACKAGES = 'node_modules';
/** What npm has installed. It says nothing of edits in there: the files that are in the bundle are compared as well. */
const INSTALLED = `${PACKAGES}/.package-lock.json`;

/** Bundles that are kept, of 5 MB each: those that were used last, and those that another process may be about to import. */
const MOST = 20;
const IN_USE_MS = 60_000;

/** The bundles of one repository. Where none can be kept, for whatever reason, none is found either. */
export class BundleCache {
  #root;
  #sources;

  constructor(root) {
    this.#root = root;
    this.#sources = attempt(() => sourcesOf(root));
  }

  /** The bundle of the sources as they are; undefined if none is kept, or it is damaged. */
  find() {
    return attempt(() => {
      const file = join(ownFolder(), `${this.#sources.sha256}.mjs`);
      attempt(() => utimesSync(file, new Date(), new Date()));
      const content = readFileSync(file);
      const last = content.lastIndexOf(LINE);
      const { sha256, packages } = JSON.parse(content.toString('utf8', last + LINE.length));
      if (sha256 !== sha256Of([['', content.subarray(0, last)]])) return undefined;
      if (packages.sha256 !== this.#sha256OfFiles(packages.files)) return undefined;
      return { file, map: content.subarray(content.lastIndexOf(LINE, last - 1) + LINE.length, last) };
    });
  }

  /**
   * Keeps a bundle that was made since.
   *
   * @param inputs paths of all files that it is made of, from the root
   * @returns it, as `find` does; undefined if it cannot be kept, or is not of these sources alone
   */
  keep({ code, map, inputs }) {
    return attempt(() => {
      const files = inputs.filter((path) => !this.#sources.paths.has(path));
      const installed = `${installedIn(this.#root)}/`;
      if (!files.every((path) => path.startsWith(installed))) return undefined;
      const packages = { files, sha256: this.#sha256OfFiles(files) };
      // Somebody may have edited a source meanwhile.
      if (sourcesOf(this.#root).sha256 !== this.#sources.sha256) return undefined;
      const content = Buffer.from(`${code}${LINE}${map.replaceAll('\n', '')}`);
      const last = LINE + JSON.stringify({ sha256: sha256Of([['', content]]), packages });
      const file = put(`${this.#sources.sha256}.mjs`, Buffer.concat([content, Buffer.from(last)]));
      return { file, map };
    });
  }

  #sha256OfFiles(paths) {
    return sha256Of(paths.map((path) => [path, readFileSync(join(this.#root, path))]));
  }
}

/** Undefined in place of an error. */
function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** What begins the last two lines of a kept bundle: the map, and what the bundle must agree with. */
const LINE = '\n// ';

/**
 * The SHA-256 of all sources as they are, and their paths.
 *
 * @throws Error if one cannot be read, leads out of the repository, or npm has installed nothing
 */
function sourcesOf(root) {
  const paths = [
    ...entriesOf(root)
      // package.json and its lock; tsconfig.json, and what that may extend.
      .filter((entry) => entry.name.endsWith('.json'))
      .map(({ name }) => name),
    ...FOLDERS.flatMap((folder) => filesIn(root, folder)),
  ];
  const files = paths.filter((path) => !NO_SOURCE.test(path));
  const sha256 = sha256Of([
    ['', Buffer.from(JSON.stringify([process.version, installedIn(root), paths]))],
    ...[...files, INSTALLED].map((path) => [path, readFileSync(join(root, path))]),
  ]);
  return { sha256, paths: new Set(files) };
}

function filesIn(root, folder) {
  if (!lstatSync(join(root, folder)).isDirectory()) throw new Error(`${folder} is no folder`);
  return entriesOf(join(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesIn(root, path);
    if (!entry.isFile()) throw new Error(`${path} may be a link to elsewhere`);
    return [path];
  });
}

function entriesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The folder of packages, which may be a link, from the root. */
function installedIn(root) {
  return relative(root, realpathSync(join(root, PACKAGES)));
}

function sha256Of(files) {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** The folder of the user's bundles. @throws Error if somebody else can write there: what is in it is run */
function ownFolder() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'bundle');
  if (!isAbsolute(folder)) throw new Error(`${folder} is relative to whatever folder this runs in`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid() || mode & 0o022) throw new Error(`others can write ${folder}`);
  return folder;
}

/** Writes a file in one go, since others may read it or write the same. @returns its path */
function put(name, content) {
  const folder = ownFolder();
  const [file, unfinished] = [join(folder, name), join(folder, `${name}.${process.pid}`)];
  try {
    writeFileSync(unfinished, content, { mode: 0o600 });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  attempt(() => removeOld(folder));
  return file;
}

function removeOld(folder) {
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.used - one.used);
  for (const { path, used } of files.slice(MOST))
    if (used < Date.now() - IN_USE_MS) attempt(() => rmSync(path, { force: true }));
}
