import { afterEach, describe, expect, it } from 'vitest';
import type { Ended } from '../lib/temporary-repository.ts';
import { DoomedCluster, type Left } from './doomed-cluster.ts';

/** A step of a job: a script with its arguments. */
type Step = readonly [script: string, ...args: readonly string[]];

const DESTROY: readonly Step[] = [
  ['terraform-destroy.sh', 'keep', 'test'],
  ['terraform-destroy.sh', 'destroy', 'test'],
];
const UNREACHABLE = DESTROY.map(([script, ...args]): Step => [script, ...args, 'unreachable']);
const BACKUP: readonly Step[] = [
  ['terraform-backup.sh', 'start', 'test'],
  ['terraform-backup.sh', 'wait', 'test'],
];

const made: DoomedCluster[] = [];
afterEach(() => made.splice(0).forEach((one) => one.remove()));
function cluster(prepare: (cluster: DoomedCluster) => void = () => {}): DoomedCluster {
  const one = new DoomedCluster();
  prepare(one);
  made.push(one);
  return one;
}

/** Runs the steps as a job does: up to the first that fails, whose end it returns. */
async function job(one: DoomedCluster, steps: readonly Step[], env: Record<string, string> = {}): Promise<Ended> {
  let ended: Ended = { code: 0, stdout: '', stderr: '' };
  for (const [script, ...args] of steps) {
    ended = await one.run(script, args, env);
    if (ended.code !== 0) return ended;
  }
  return ended;
}

/** Every moment to be killed at: before the first call, after each, and within those that destroy one thing after the other. */
async function moments(steps: readonly Step[], prepare?: (cluster: DoomedCluster) => void): Promise<string[]> {
  const one = cluster(prepare);
  expect(await job(one, steps)).toMatchObject({ code: 0 });
  const within = one
    .calls()
    .flatMap((call, index) => [...(/ destroy /.test(call) ? [`${index + 1} within`] : []), `${index + 1} after`]);
  return ['1 before', ...within];
}

/** What is left after the steps were killed at a moment, and run again. */
async function resumed(steps: readonly Step[], kill: string, prepare?: (cluster: DoomedCluster) => void) {
  const one = cluster(prepare);
  const { code } = await job(one, steps, { KILL: kill });
  expect({ kill, code }).toEqual({ kill, code: null });
  const again = await job(one, steps);
  expect({ kill, ...again }).toMatchObject({ kill, code: 0 });
  return one;
}

/** A few at a time, since each mostly starts processes. */
async function each<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await check(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

const KEPT = [
  'module.cluster.module.backup_store.aws_s3_bucket.this["primary"]',
  'module.cluster.module.dns.aws_route53_zone.this[0]',
];
const IMPORTS = { import: KEPT.map((to) => ({ to, id: `id of ${to}@us-east-1` })) };

async function undisturbed(steps: readonly Step[], prepare?: (cluster: DoomedCluster) => void): Promise<Left> {
  const one = cluster(prepare);
  expect(await job(one, steps)).toMatchObject({ code: 0 });
  return one.left();
}

describe('terraform-destroy.sh', () => {
  it('destroys all but what is kept, and its load balancers', async () => {
    const { state, cloud, imports, stays } = await undisturbed(DESTROY);
    expect(state).toBe('');
    expect(cloud.trim().split('\n')).toEqual(KEPT);
    expect(JSON.parse(imports)).toEqual(IMPORTS);
    expect(stays).toContain(
      '10Gi of `mongo/data-mongo-0`: `aws ec2 delete-volume --region us-east-1 --volume-id vol-1`',
    );
  });

  it('killed at any moment and run again, leaves the same', async () => {
    const expected = await undisturbed(DESTROY);
    const all = await moments(DESTROY);
    expect(all.length).toBeGreaterThan(15);
    await each(all, async (kill) =>
      expect({ kill, ...(await resumed(DESTROY, kill)).left() }).toEqual({ kill, ...expected }),
    );
  });

  it('of a dead cluster, killed at any moment and run again, leaves what nobody can reach any more', async () => {
    // The load balancer was found by its tags, and deleted by hand: else the network could not go.
    const prepare = (one: DoomedCluster): void => {
      one.die();
      one.write('world/cloud', one.read('world/cloud').replace(/^load balancer.*\n/m, ''));
    };
    const expected = await undisturbed(UNREACHABLE, prepare);
    expect(expected).toMatchObject({
      state: '',
      cloud: KEPT.map((one) => `${one}\n`)
        .slice(0, 2)
        .join(''),
    });
    await each(await moments(UNREACHABLE, prepare), async (kill) =>
      expect({ kill, ...(await resumed(UNREACHABLE, kill, prepare)).left() }).toEqual({ kill, ...expected }),
    );
  });
});

describe('terraform-backup.sh', () => {
  it('killed at any moment and run again, takes one backup of each schedule', async () => {
    const all = await moments(BACKUP);
    expect(all.length).toBeGreaterThan(5);
    await each(all, async (kill) => {
      const { items } = JSON.parse((await resumed(BACKUP, kill)).read('world/backups.json')) as { items: unknown[] };
      expect({ kill, items }).toMatchObject({ kill, items: [{ status: { phase: 'Completed' } }] });
    });
  });
});
