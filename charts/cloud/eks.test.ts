import { describe, expect, it } from 'vitest';
import type { Cloud } from './cloud.ts';
import { eks, eksFacts } from './eks.ts';

const FACTS = {
  region: 'eu-north-1',
  vpc_cidr: '10.0.0.0/16',
  service_cidr: '172.20.0.0/16',
  hosted_zone_id: 'Z0TEST0000000000000',
  backup_bucket: 'example-backups',
  backup_kms_key_arn: 'arn:aws:kms:eu-north-1:000000000000:key/00000000-0000-4000-8000-000000000009',
};
const cloud = (facts: object = {}): Cloud =>
  eks({ name: 'a', domain: 'a.example.com' }, eksFacts.parse({ ...FACTS, ...facts }));
const entry = { remoteKey: 'a-smtp', name: 'smtp', keys: ['password'] };

describe('secrets beside backups that are copied to another region', () => {
  const copied = cloud({ backup_replica_region: 'eu-west-1' });

  it('are copied there too', () => {
    expect(copied.secretReplicaRegions).toEqual(['eu-west-1']);
    expect(copied.secretCommands.write(entry).create).toMatch(/ --add-replica-regions Region=eu-west-1$/);
  });

  it('are copied nowhere without such a region', () => {
    expect(cloud().secretReplicaRegions).toEqual([]);
    expect(cloud().secretCommands.write(entry).create).not.toContain('replica');
  });

  it.each(['Ireland', 'eu-west', ''])('the region %s is refused', (backup_replica_region) => {
    expect(eksFacts.safeParse({ ...FACTS, backup_replica_region }).success).toBe(false);
  });
});
