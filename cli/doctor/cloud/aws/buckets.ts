import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, unanswered } from '../answer.ts';

/** Buckets that the modules make of a cluster's name: of backups, and of their copies. */
export function bucketsOf(name: string, replicaRegion: string | undefined): string[] {
  return [`${name}-backups`, ...(replicaRegion === undefined ? [] : [`${name}-backups-replica`])];
}

/** Whether a bucket's name is free, or that of a bucket of the account. */
export async function bucketIsFree(ask: Ask, bucket: string, region: string): Promise<Finding> {
  const what = `${bucket}, the name of a bucket, is free or ours`;
  const ours = await ask({
    args: ['s3api', 'list-buckets', '--region', region],
    schema: z.object({ Buckets: z.array(z.object({ Name: z.string() })) }),
    permission: 's3:ListAllMyBuckets',
  });
  if ('value' in ours && ours.value?.Buckets.some(({ Name }) => Name === bucket))
    return { what, state: 'in force', asked: ours.asked, seen: 'it is ours' };
  const head = await ask({
    args: ['s3api', 'head-bucket', '--bucket', bucket, '--region', region],
    schema: z.unknown(),
    permission: 's3:ListBucket',
    absent: /\(404\)/,
  });
  const { asked } = head;
  if ('value' in head && head.value === undefined) return { what, state: 'in force', asked, seen: 'it is free' };
  const [, status] = 'why' in head ? (/\((301|400|403)\)/.exec(head.seen) ?? []) : ['', '200'];
  if ('why' in head && status === undefined) return unanswered(what, head);
  // It is there: whose it is, only the list says.
  if ('why' in ours) return unanswered(what, ours);
  return {
    what,
    state: 'missing',
    asked,
    seen: `another account has it (${status})`,
    fix: ['take another organization, which all names begin with:', 'npx slipway init --organization NAME'],
  };
}
