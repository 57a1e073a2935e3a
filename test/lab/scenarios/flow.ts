import { expect, test } from 'vitest';
import { pinFile } from '../../../cli/pin-files.ts';
import { pin, type Rehearsal, say } from './rehearsal.ts';

/** The rings of the test fleet: what the first one runs, the cluster gets by a promotion. */
const FIRST = 'first';
const OWN = 'second';
const SERVICE = 'hello';
/** Another service that changes meanwhile. */
const OTHER = 'ledger';
const REASON = ['--because', 'a rehearsal of the change flow', '--until', '2099-12-31'];

/** Promotion, hold, release and rollback, as commits that Argo CD syncs. */
export function testChangeFlow(rehearsal: () => Rehearsal, cluster: string): void {
  const push = (): string => rehearsal().checkout.git('push', '--quiet');
  const runs = (version: string, component = SERVICE): Promise<void> =>
    rehearsal().until(
      `${component} ${version}`,
      async () => (await rehearsal().image(component))?.endsWith(`:${version}`) === true,
      90,
    );

  test('a promotion reaches the pods of the next ring', async () => {
    const { checkout } = rehearsal();
    checkout.edit(pinFile(FIRST, SERVICE), pin(SERVICE, '9.9.11'));
    await rehearsal().synthAndPush('Move the first ring');
    const said = await checkout.slipway('promote', SERVICE, '--to', OWN);
    say(said.split('\n')[0] ?? '');
    expect(said).toMatch(/^second: hello \S+ → 9\.9\.11, in first since /);
    push();
    await runs('9.9.11');
  });

  test('a held component stays while its ring and others move, and moves when it is released', async () => {
    const { checkout } = rehearsal();
    await checkout.slipway('hold', SERVICE, '--cluster', cluster, ...REASON);
    checkout.edit(pinFile(OWN, SERVICE), pin(SERVICE, '9.9.12'));
    checkout.edit(pinFile(OWN, OTHER), pin(OTHER, '9.9.12'));
    await rehearsal().synthAndPush('Move both');
    await runs('9.9.12', OTHER);
    await rehearsal().lab.settled(120);
    expect(await rehearsal().image(SERVICE)).toMatch(/:9\.9\.11$/);
    expect(await checkout.slipway('holds')).toContain('without it would change: Deployment.hello.yaml');
    await checkout.slipway('release', SERVICE, '--cluster', cluster);
    push();
    await runs('9.9.12');
    await rehearsal().lab.settled(120);
  });

  test('a rollback of one cluster goes back by an exception from its ring, and its revert forward again', async () => {
    const { checkout } = rehearsal();
    checkout.edit(pinFile(OWN, SERVICE), pin(SERVICE, '9.9.13'));
    await rehearsal().synthAndPush('Move the ring');
    await runs('9.9.13');
    await checkout.slipway('rollback', SERVICE, '--cluster', cluster, ...REASON);
    expect(checkout.git('show', '--stat', '--format=%s')).toMatch(/by its pins[^]*clusters\/[^/]+\/pins\.json/);
    push();
    await runs('9.9.12');
    checkout.git('revert', '--no-edit', 'HEAD');
    push();
    await runs('9.9.13');
    await rehearsal().lab.settled(120);
  });
}
