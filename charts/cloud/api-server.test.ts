import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCloud, type CloudName, factsOf } from './clouds.ts';
import type { Cloud } from './cloud.ts';

const FLEETS = join(import.meta.dirname, '..', '..', 'test', 'fleets', 'clusters');

function cloudOf(name: CloudName, changed: object = {}): Cloud {
  const { cluster_name: _, ...facts } = JSON.parse(
    readFileSync(join(FLEETS, `test-${name}`, 'facts.json'), 'utf8'),
  ) as Record<string, unknown>;
  const checked = factsOf(name).parse({ ...facts, ...changed });
  return createCloud(name, { name: 'test', domain: 'example.net' }, checked);
}

describe('the API server', () => {
  it('is at the address of its Service and in the VPC on EKS', () => {
    expect(cloudOf('eks', { service_cidr: '172.20.0.0/16', vpc_cidr: '10.9.0.0/16' }).apiServer).toEqual([
      { cidr: '172.20.0.1/32' },
      { cidr: '10.9.0.0/16' },
    ]);
  });

  it('is at private addresses other than those of pods on kind', () => {
    expect(cloudOf('kind').apiServer).toEqual([
      { cidr: '10.0.0.0/8', except: ['10.244.0.0/16'] },
      { cidr: '172.16.0.0/12' },
      { cidr: '192.168.0.0/16' },
    ]);
  });

  it.each(['aks', 'generic'] as const)('is at the addresses of the facts on %s', (name) => {
    const cloud = cloudOf(name, { api_server_cidrs: ['10.43.0.1/32', '192.0.2.10/32'] });
    expect(cloud.apiServer).toEqual([{ cidr: '10.43.0.1/32' }, { cidr: '192.0.2.10/32' }]);
  });

  it.each(['aks', 'generic'] as const)('may be anywhere but at metadata services on %s without facts', (name) => {
    const excluded = cloudOf(name, { api_server_cidrs: [] }).apiServer.map(({ cidr, except }) => [
      cidr,
      except?.length,
    ]);
    expect(excluded).toEqual([
      ['0.0.0.0/0', 2],
      ['::/0', 3],
    ]);
  });
});
