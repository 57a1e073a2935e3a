import type { PinFile, Pins } from '../charts/pins.ts';
import { type Ring, ringOf } from '../charts/rings.ts';
import type { Importer } from './exported.ts';
import { loadPins, pinFilesOf } from './pin-files.ts';
import { loadRings } from './rings.ts';

/** Who runs which versions: `clusters/rings.ts`, and the files of pins, each read once however many clusters there are. */
export class Versions {
  /** The rings in their order. */
  readonly rings: readonly Ring[];
  readonly #root: string;
  readonly #files = new Map<string, readonly PinFile[]>();

  constructor(root: string, rings: readonly Ring[]) {
    this.#root = root;
    this.rings = rings;
  }

  /** @throws Fault with every mistake in `clusters/rings.ts` itself */
  static async load(root: string, importer: Importer): Promise<Versions> {
    return new Versions(root, await loadRings(root, importer));
  }

  /** The pins of a ring, by component. @throws Fault if there are none, or a file is invalid */
  filesOf(ring: Ring): readonly PinFile[] {
    const files = this.#files.get(ring.name) ?? pinFilesOf(this.#root, ring.name);
    this.#files.set(ring.name, files);
    return files;
  }

  /** What a cluster runs. @throws Fault if it is in no ring, or with every mistake in the first invalid file */
  pinsOf(cluster: string): Pins {
    const ring = ringOf(this.rings, cluster);
    return loadPins(this.#root, ring, cluster, this.filesOf(ring));
  }
}
