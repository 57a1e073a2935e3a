import { join } from 'node:path';
import { pause } from './api.ts';
import type { BuildOptions } from './build/go.ts';
import { ALL, missingFrom, partOf } from './build/parts.ts';
import { buildPart, cacheFolder, isComplete, type Kit, kit, linked, prepare, touch, upstreamsIn } from './build.ts';
import { DEFINITIONS, PROGRAMS, type Program } from './programs.ts';

/** What a growing kit is opened with. */
export interface GrowingKitOptions extends BuildOptions {
  /** What nothing runs without, in the order of need. */
  readonly first: readonly Program[];
  /** What the lab can run without for a while, in the order of need. */
  readonly later: readonly Program[];
}

/** How often it is looked whether a program is there: another process may build it as well. */
const LOOK_MS = 200;

/**
 * A kit that is used while its programs are built, one after the other: Go's compilers use all cores. What was not named is
 * built once it is asked for. A build that fails is said, and the next one begins.
 */
export class GrowingKit implements Kit {
  readonly folder: string;
  readonly upstreams: Kit['upstreams'];
  private readonly options: GrowingKitOptions;
  private readonly cache: string;
  private readonly queue: Program[] = [];
  private readonly asked = new Set<Program>();
  private readonly failed = new Set<Program>();
  /** Why nothing more is built. */
  private fatal: unknown;
  /** Whether Go is there, and the cache. */
  private prepared = false;
  private begun = 0;
  private working = false;

  private constructor(options: GrowingKitOptions, cache: string, folder: string) {
    this.options = options;
    this.cache = cache;
    this.folder = folder;
    this.upstreams = upstreamsIn(folder);
  }

  /**
   * Opens LAB_BIN if set, else the cache as soon as it has the CRDs, and begins to build what is missing.
   * @throws Fault if LAB_BIN is incomplete, or if there are no CRDs and they cannot be downloaded, as without Go
   */
  static async open(options: GrowingKitOptions): Promise<Kit> {
    if ((options.env ?? process.env)['LAB_BIN']) return kit(options);
    const cache = cacheFolder(options.env);
    const programs = ALL.filter((name) => !PROGRAMS[name].real);
    const parts = [...programs, DEFINITIONS].map((name) => partOf(cache, name));
    const wanted = [...options.first, ...options.later];
    const definitions = partOf(cache, DEFINITIONS);
    const missing = wanted.filter((name) => !isComplete(partOf(cache, name)));
    if (!isComplete(definitions)) {
      await prepare(cache, options);
      await buildPart(cache, definitions, { number: 1, of: 1 }, options);
    }
    for (const part of parts.filter(isComplete)) touch(part.folder);
    const growing = new GrowingKit(options, cache, linked(cache, parts));
    if (missing.length > 0)
      options.say(
        `Building ${missing.join(', ')} from Go modules into ${cache}, in this order; the lab starts meanwhile`,
      );
    growing.ask(...wanted);
    return growing;
  }

  program(name: Program): string {
    return join(this.folder, name);
  }

  async ready(name: Program): Promise<string> {
    this.ask(name);
    while (!this.has(name)) {
      if (this.fatal !== undefined) throw this.fatal;
      this.options.signal?.throwIfAborted();
      await pause(LOOK_MS);
    }
    return this.program(name);
  }

  awaited(name: Program): 'building' | 'unbuilt' | undefined {
    if (this.has(name)) return undefined;
    this.ask(name);
    return this.failed.has(name) ? 'unbuilt' : 'building';
  }

  isBuilding(): boolean {
    return this.working;
  }

  unbuilt(): readonly Program[] {
    return [...this.failed].filter((name) => !this.has(name));
  }

  private has(name: Program): boolean {
    return missingFrom(this.folder, [name]).length === 0;
  }

  private ask(...names: readonly Program[]): void {
    for (const name of names.filter((one) => this.fatal === undefined && !this.asked.has(one) && !this.has(one))) {
      this.asked.add(name);
      this.queue.push(name);
    }
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let name = this.queue.shift(); name !== undefined; name = this.queue.shift()) {
      // Another process may have built it meanwhile.
      if (this.has(name)) continue;
      this.begun += 1;
      const place = { number: this.begun, of: this.begun + this.queue.length };
      try {
        if (!this.prepared) await prepare(this.cache, this.options);
        this.prepared = true;
        // The first ones have nothing of the lab beside them yet.
        const yields = !this.options.first.includes(name);
        await buildPart(this.cache, partOf(this.cache, name), place, { ...this.options, yields });
      } catch (error) {
        this.failed.add(name);
        if (this.options.first.includes(name) || this.options.signal?.aborted) {
          this.fatal = error;
          this.queue.length = 0;
          break;
        }
        const cause = error instanceof Error ? error.message : String(error);
        this.options.say(
          `${cause.includes(name) ? '' : `${name} cannot be built: `}${cause}\n  then: npm run lab -- build; the rest of the lab stays up, and takes ${name} as soon as it is there`,
        );
      }
    }
    this.working = false;
  }
}
