import { CODE_FILE } from '../../charts/code.ts';
import { RINGS_FILE } from '../../charts/rings.ts';
import { ringsIn } from '../fork/lists.ts';
import type { Sources } from '../fork/sources.ts';
import type { FileTexts } from '../git.ts';

const PINS = 'clusters/pins';

/** The pins of a version of upstream, by ring and file. */
export interface UpstreamPins {
  /** In their order. */
  readonly rings: readonly string[];
  readonly texts: FileTexts;
}

/** @param sources with upstream's own clusters */
export function pinsOfUpstream(sources: Sources): UpstreamPins {
  const files = sources.has(RINGS_FILE) ? sources.files(PINS) : [];
  return {
    rings: files.length > 0 ? [...ringsIn(sources).keys()] : [],
    texts: new Map(files.map((file) => [file, sources.read(file)])),
  };
}

/**
 * Gives the fork's rings the pins that upstream has not had before, and that they have not: those of upstream's ring of the same name, or
 * of its last one. Pins that the fork's clusters do not use are removed when it is rendered. A ring that earlier code renders gets none, since
 * that code does not know them.
 *
 * @param without services that the fork has not
 * @returns the files
 */
export function addNewPins(
  sources: Sources,
  before: UpstreamPins,
  after: UpstreamPins,
  without: readonly string[],
): string[] {
  const rings = [...ringsIn(sources).keys()].filter((ring) => !ringsWithCode(sources).includes(ring));
  return rings.flatMap((ring) => {
    const model = after.rings.includes(ring) ? ring : after.rings.at(-1);
    return [...after.texts].flatMap(([path, text]) => {
      const file = path.slice(`${PINS}/${model}/`.length);
      if (!path.startsWith(`${PINS}/${model}/`) || without.includes(file.replace(/\.json$/, ''))) return [];
      const own = `${PINS}/${ring}/${file}`;
      const there = sources.has(own) ? pinsIn(sources.read(own)) : {};
      const known = { ...pinsIn(before.texts.get(path)), ...there };
      const added = Object.entries(pinsIn(text)).filter(([name]) => !Object.hasOwn(known, name));
      if (added.length === 0) return [];
      sources.write(own, `${JSON.stringify({ ...there, ...Object.fromEntries(added) }, null, 2)}\n`);
      return [own];
    });
  });
}

/** The rings that a commit's code renders, whatever the working tree has. */
export function ringsWithCode(sources: Sources): string[] {
  return sources.has(CODE_FILE) ? Object.keys(JSON.parse(sources.read(CODE_FILE)) as object) : [];
}

function pinsIn(text = '{}'): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
