import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinsIn } from '../../cli/pin-files.ts';
import { loadRings } from '../../cli/rings.ts';
import { importerOf, loadFleet } from '../lib/load-fleet.ts';
import { isInCloud, read, repository } from './terraform.ts';

const roots = await read('roots');
const modules = await read('modules');
const inCloud = (await loadFleet()).filter(isInCloud);

const services = readdirSync(join(repository, 'apps'))
  .filter((name) => existsSync(join(repository, 'apps', name, 'Dockerfile')))
  .toSorted();
const shared = readFileSync(join(repository, 'bootstrap', 'modules', 'settings', 'main.tf'), 'utf8');
const setting = (name: string): string => new RegExp(`^ *${name} *= *"(.*)"$`, 'm').exec(shared)?.[1] ?? '';
const registry = setting('image_registry');

/** The pins of the repository's own services. */
const pinned = (await loadRings(repository, importerOf(repository))).flatMap((ring) =>
  pinsIn(repository, ring)
    .filter(({ name }) => services.includes(name))
    .map(({ name, pin, file }) => ({ service: name, image: pin.packageName, file })),
);

/** True if images are published to the repositories in ECR that the root of this cluster makes. */
function ofEcr(cluster: string): boolean {
  return registry.includes('.dkr.ecr.') && registry.endsWith(`/${setting('organization')}-${cluster}`);
}

/** The arguments of the module call that creates a cluster. */
const callOf = (cluster: string): Readonly<Record<string, unknown>> =>
  roots.find(({ name }) => name === cluster)?.calls.get('cluster') ?? {};

describe.each(inCloud)('the root of $name agrees with its cluster file', ({ name, settings, facts }) => {
  it('on whether external-dns deletes DNS records', () => {
    expect(callOf(name)['external_dns_deletes'] ?? false).toBe(settings.externalDns?.policy === 'sync');
  });

  it.runIf(settings.velero)('on the retention of backups: none expires while it is still locked', () => {
    const { lock_days: aws, locked_days: azure } = (callOf(name)['backups'] ?? {}) as Readonly<Record<string, number>>;
    expect(aws ?? azure ?? 0).toBeGreaterThan(0);
    expect(aws ?? azure).toBeLessThanOrEqual(settings.velero?.retentionDays ?? 0);
  });

  it('on the region that backups are copied to: the secrets, without which nobody can read them, are copied there too', () => {
    const backups = (callOf(name)['backups'] ?? {}) as Readonly<Record<string, unknown>>;
    const known: Readonly<Record<string, unknown>> = { ...facts };
    expect(known['backup_replica_region']).toBe(backups['replica_region']);
  });

  it('on images: each one with an image repository has a Dockerfile', () => {
    const images = (callOf(name)['images'] ?? []) as readonly string[];
    expect(images.filter((image) => !existsSync(join(repository, 'apps', image, 'Dockerfile')))).toEqual([]);
  });

  it.runIf(ofEcr(name))('on images that are published to its registry: each service has a repository', () => {
    expect(callOf(name)['images']).toEqual(services);
  });
});

it.each(pinned)('$file names an image where the settings say that images are published', ({ service, image }) => {
  expect(image).toBe(`${registry}/${service}`);
});

describe('a cluster on AWS', () => {
  const text = (name: string) => modules.find((module) => module.name === name)?.text ?? '';

  it('denies deleting buckets and object versions of backups and states', () => {
    for (const module of ['backup-store-aws', 'remote-state-aws']) {
      expect(text(module)).toMatch(/effect\s+= "Deny"[^}]*"s3:DeleteBucket",? *\s*"s3:DeleteObjectVersion"/);
      expect(text(module).match(/prevent_destroy = true/g)?.length).toBe(2);
    }
  });

  it('enforces network policies before Argo CD creates the first pod', () => {
    expect(text('eks')).toMatch(/output "kubeconfig" \{[^}]*depends_on\s+= \[[^\]]*terraform_data\.network_policy/);
  });
});
