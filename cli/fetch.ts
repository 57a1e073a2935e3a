import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Fault, type Problem, throwIfAny } from '../charts/fault.ts';
import { identityOf, label, type Manifest } from '../charts/lib/manifest.ts';
import type { Pin } from '../charts/pins.ts';
import { chooseClusters, loadPlanned } from './load.ts';
import { writePins } from './pin-changes.ts';
import { addressOf } from './sources/address.ts';
import { Archives, sha256Of } from './sources/archives.ts';
import { download, type Limits } from './sources/download.ts';
import { type Entry, entriesOf, placeOf, placeOfPin, renderEntry } from './sources/sources.ts';
import type { Place } from './sources/unpack.ts';
import type { Workspace } from './synth.ts';
import { Versions } from './versions.ts';

/** Options of `slipway fetch`. */
interface FetchOptions {
  /** Writes the sha256 of what was downloaded beside its version. */
  readonly write: boolean;
  /** Prints warnings alone. */
  readonly quiet?: boolean;
  /** @default LIMITS */
  readonly limits?: Limits;
}

/** An entry that an archive is fetched for. */
type PinnedEntry = Entry & { readonly pin: Pin; readonly pinFile: string };

/**
 * `slipway fetch [CLUSTER…]`: downloads what the entries of `manifests` are pinned to, checks its SHA-256, and adds it
 * to the cache. Renders each chart twice, because a chart may be random.
 *
 * @throws Fault at the end, with the mistakes of all entries
 */
export async function fetchArchives(
  { root, importer }: Workspace,
  asked: readonly string[],
  options: FetchOptions,
): Promise<string> {
  const archives = new Archives();
  const lines: string[] = [];
  const problems: Problem[] = [];
  const names = chooseClusters(root, asked);
  const versions = await Versions.load(root, importer);
  for (const name of names) {
    const entries = await orProblems(problems, async () =>
      entriesOf(await loadPlanned(root, name, importer, versions)),
    );
    for (const entry of entries ?? [])
      lines.push(...((await orProblems(problems, () => fetchEntry(root, entry, archives, options))) ?? []));
  }
  throwIfAny(problems);
  if (options.quiet) return '';
  return lines.length > 0 ? lines.join('\n') : 'nothing to fetch: no entry of "manifests" is pinned';
}

/** The result of a step; none, and its problems in the list, if it has any. */
async function orProblems<T>(problems: Problem[], step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Fetches an entry's archive if it has one, and renders its chart if it is one. @returns what to print */
async function fetchEntry(root: string, entry: Entry, archives: Archives, options: FetchOptions): Promise<string[]> {
  const { lines, pin } = isPinned(entry)
    ? await fetchPinned(root, entry, archives, options)
    : { lines: [], pin: undefined };
  if (entry.settings.helm) await checkRandom(root, { ...entry, pin }, archives);
  return lines;
}

function isPinned(entry: Entry): entry is PinnedEntry {
  return entry.pin !== undefined && entry.pinFile !== undefined;
}

/** Makes sure that an entry's archive is in the cache. */
async function fetchPinned(
  root: string,
  entry: PinnedEntry,
  archives: Archives,
  { write, limits }: FetchOptions,
): Promise<{ readonly lines: string[]; readonly pin: Pin }> {
  const { cluster, name, pin } = entry;
  const shown = `${cluster}: ${name}: ${pin.packageName} ${pin.version}`;
  if (pin.sha256 !== undefined && archives.read(pin.sha256) instanceof Buffer)
    return { lines: [`${shown}: in the cache`], pin };
  const place = placeOfPin(root, entry);
  const address = await addressOf(pin, place, limits);
  const bytes = await download(address, place, limits);
  const sha256 = sha256Of(bytes);
  if (sha256 !== pin.sha256 && !write) throw unexpected(entry, address, sha256, place);
  archives.add(bytes);
  const done = `${shown}: fetched ${address} (${bytes.byteLength} bytes)`;
  if (sha256 === pin.sha256) return { lines: [done], pin };
  writePins(join(root, entry.pinFile), [[name, 'sha256', sha256]]);
  const written = `and wrote its sha256 ${sha256} in place of ${pin.sha256 ?? 'none'}: review what it renders`;
  return { lines: [`${done}, ${written}`], pin: { ...pin, sha256 } };
}

function unexpected({ cluster, name, pin }: PinnedEntry, address: string, sha256: string, place: Place): Fault {
  return new Fault(
    pin.sha256 === undefined
      ? {
          what: `pin "${name}" has no sha256`,
          ...place,
          seen: `${sha256}, of ${address}`,
          fix: `review the archive, and add "sha256": "${sha256}", or run \`npx slipway fetch ${cluster} --write\``,
        }
      : {
          what: `the archive of pin "${name}" has another sha256 than ${pin.sha256}`,
          ...place,
          seen: `${sha256}, of ${address}`,
          fix: `if the version has changed, review the archive and run \`npx slipway fetch ${cluster} --write\`; if not, upstream has replaced it: do not use it before you know why`,
        },
  );
}

/** @throws Fault naming the objects of a chart that two renderings have differently */
async function checkRandom(root: string, entry: Entry, archives: Archives): Promise<void> {
  const [once, twice] = [await renderEntry(root, entry, archives), await renderEntry(root, entry, archives)];
  const second = new Map(twice.map((object) => [identityOf(object), object]));
  const differing = [...once, ...twice.filter((object) => !has(once, object))].filter(
    (object) => !has(once, object) || !isDeepStrictEqual(object, second.get(identityOf(object))),
  );
  if (differing.length === 0) return;
  throw new Fault({
    what: `the chart of "${entry.name}" renders differently each time: it generates values`,
    ...placeOf(entry),
    seen: differing.map(label).join(', '),
    fix: 'set what it generates, such as passwords and certificates, in its values or as an existing Secret',
  });
}

function has(objects: readonly Manifest[], object: Manifest): boolean {
  return objects.some((other) => identityOf(other) === identityOf(object));
}
