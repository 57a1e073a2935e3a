import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** What an image of a test has. */
export interface Content {
  readonly labels?: Readonly<Record<string, string>>;
  /** The only layer, a tar. */
  readonly layer?: Buffer;
  /** What tells attestations of two builds apart. */
  readonly built?: string;
}

/** Writes an image of two platforms, with an attestation of each, as BuildKit exports it to a folder. */
export function writeLayout(folder: string, { labels = {}, layer = Buffer.alloc(1024), built = '' }: Content): void {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const blob = (mediaType: string, bytes: Buffer): object => {
    const sha = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs', 'sha256', sha), bytes);
    return { mediaType, digest: `sha256:${sha}`, size: bytes.length };
  };
  const json = (mediaType: string, value: object): object => blob(mediaType, Buffer.from(JSON.stringify(value)));
  const manifest = (config: object, layers: readonly object[]): object =>
    json(MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers });
  const diff = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
  const manifests = ['amd64', 'arm64'].flatMap((architecture) => {
    const config = {
      architecture,
      os: 'linux',
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [diff] },
    };
    const image = manifest(json('application/vnd.oci.image.config.v1+json', config), [
      blob('application/vnd.oci.image.layer.v1.tar', layer),
    ]);
    const unknown = { architecture: 'unknown', os: 'unknown' };
    const attestation = manifest(
      json('application/vnd.oci.image.config.v1+json', { ...unknown, rootfs: { type: 'layers', diff_ids: [] } }),
      [json('application/vnd.in-toto+json', { of: architecture, built })],
    );
    return [
      { ...image, platform: { architecture, os: 'linux' } },
      {
        ...attestation,
        platform: unknown,
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
    ];
  });
  const index = json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [index] }));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}
