import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Image, names } from './image.ts';
import { type Blob, type BuiltImage, type ImageStore, MANIFEST } from './store.ts';

/** Paths of the OCI distribution specification that a pull asks for. */
const PULL = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|blobs)\/(?<reference>[^/?]+)(?:\?ns=(?<host>.+))?$/;

/**
 * The registry of a lab: serves the images that the lab makes, under the names that manifests have for them and with any
 * tag. It has none with the digest of the one that it stands for; see `real/digests.ts`.
 */
export class Registry {
  private readonly images: readonly Image[];
  private readonly store: ImageStore;
  private readonly built = new Map<Image, Promise<BuiltImage>>();
  private readonly blobs = new Map<string, Blob>();
  private readonly server: Server;
  /** References of images that were asked for and that the lab does not make. */
  readonly unknown = new Set<string>();

  constructor(images: readonly Image[], store: ImageStore) {
    this.images = images;
    this.store = store;
    this.server = createServer((req, res) => {
      this.answer(req, res).catch((error: unknown) => {
        if (!res.headersSent) res.writeHead(500);
        res.end(String(error));
      });
    });
  }

  /** The image that a reference names, if the lab makes it. */
  find(reference: string): Image | undefined {
    return this.images.find((image) => names(image, reference));
  }

  /** Makes an image before it is asked for. */
  async prepare(image: Image): Promise<BuiltImage> {
    let built = this.built.get(image);
    if (!built) this.built.set(image, (built = this.store.build(image)));
    const result = await built;
    for (const blob of [result.manifest, ...result.blobs]) this.blobs.set(blob.digest, blob);
    return result;
  }

  listen(address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, address, resolve);
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.url === '/v2/' || req.url === '/v2') return void res.writeHead(200).end('{}');
    const { repository = '', kind, reference = '', host = '' } = PULL.exec(req.url ?? '')?.groups ?? {};
    const blob =
      this.blobs.get(reference) ??
      (kind === 'manifests' ? await this.manifest(`${host}/${repository}`, reference) : undefined);
    if (!blob) {
      if (kind === 'manifests') this.unknown.add(`${host}/${repository}:${reference}`);
      const errors = [
        { code: 'MANIFEST_UNKNOWN', message: `the lab does not make ${host}/${repository}:${reference}` },
      ];
      res.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
      return;
    }
    res.writeHead(200, {
      'content-type': kind === 'manifests' ? MANIFEST : 'application/octet-stream',
      'content-length': blob.size,
      'docker-content-digest': blob.digest,
    });
    if (req.method === 'HEAD') res.end();
    else if (Buffer.isBuffer(blob.content)) res.end(blob.content);
    else createReadStream(blob.content.file).pipe(res);
  }

  private async manifest(name: string, reference: string): Promise<Blob | undefined> {
    const image = reference.startsWith('sha256:') ? undefined : this.find(`${name}:${reference}`);
    return image && (await this.prepare(image)).manifest;
  }
}
