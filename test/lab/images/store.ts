import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cacheFolder, pruneUnused } from '../build.ts';
import { digestOf, type Image, type Layer, type Sources } from './image.ts';

const run = promisify(execFile);

/** Media types of the OCI image specification. */
export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** Days that a layer is kept after it was last used: services have other ones after every change. */
const KEPT_DAYS = 30;

/** A file that a registry serves by its digest. */
export interface Blob {
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly content: Buffer | { readonly file: string };
}

/** An image, ready to be served. */
export interface BuiltImage {
  readonly image: Image;
  readonly manifest: Blob;
  /** Configuration and layers. */
  readonly blobs: readonly Blob[];
}

/** Makes layers once and keeps them in the cache of the labs. */
export class ImageStore {
  private readonly folder: string;
  private readonly sources: Sources;
  private readonly layers = new Map<string, Promise<Blob>>();
  private readonly say: (line: string) => void;

  constructor(sources: Sources, say: (line: string) => void) {
    this.folder = join(cacheFolder(), 'layers');
    this.sources = sources;
    this.say = say;
    mkdirSync(this.folder, { recursive: true });
  }

  /** Makes what is missing of an image. */
  async build(image: Image): Promise<BuiltImage> {
    const layers: Blob[] = [];
    for (const layer of image.layers) layers.push(await this.layer(layer));
    const config = json({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    });
    const manifest = json({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, digest: config.digest, size: config.size },
      layers: layers.map(({ digest, size }) => ({ mediaType: LAYER, digest, size })),
    });
    return { image, manifest, blobs: [config, ...layers] };
  }

  /** A layer, made once even if several images ask at the same time. */
  private layer(layer: Layer): Promise<Blob> {
    const name = `${layer.name}-${digestOf([layer.name, layer.key(this.sources)])}`;
    let made = this.layers.get(name);
    if (!made) this.layers.set(name, (made = this.make(name, layer)));
    return made;
  }

  private async make(name: string, layer: Layer): Promise<Blob> {
    const file = join(this.folder, `${name}.tar`);
    const description = join(this.folder, `${name}.json`);
    if (!existsSync(description)) {
      pruneUnused(this.folder, KEPT_DAYS);
      this.say(`image layer ${layer.name} …`);
      const staging = mkdtempSync(join(this.folder, 'making-'));
      try {
        const root = join(staging, 'root');
        mkdirSync(root, { mode: 0o755 });
        await layer.write(root, this.sources);
        const archive = join(staging, 'layer.tar');
        // The same files give the same bytes, so that nodes keep what they have.
        await run('tar', [
          '--create',
          '--file',
          archive,
          '--directory',
          root,
          '--sort=name',
          '--mtime=@0',
          '--owner=0',
          '--group=0',
          '--numeric-owner',
          '--format=pax',
          '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
          '.',
        ]);
        const hash = createHash('sha256');
        await pipeline(createReadStream(archive), hash);
        const { size } = statSync(archive);
        renameSync(archive, file);
        // Last: its presence says that the layer is complete.
        const text = JSON.stringify({ digest: `sha256:${hash.digest('hex')}`, size });
        writeFileSync(join(staging, 'description'), text);
        renameSync(join(staging, 'description'), description);
      } finally {
        rmSync(staging, { recursive: true, force: true });
      }
    }
    for (const used of [description, file]) utimesSync(used, new Date(), new Date());
    const { digest, size } = JSON.parse(readFileSync(description, 'utf8')) as { digest: string; size: number };
    return { digest, size, content: { file } };
  }
}

function json(value: unknown): Blob {
  const content = Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, size: content.length, content };
}
