import { expect, test } from 'vitest';
import { type Ground, hostOf } from './ground.ts';

/** Requests of callers outside of the cluster. */
export function testRequests(ground: () => Ground): void {
  test('each host answers outside of the cluster, by a certificate of the private authority', async () => {
    for (const { host } of await ground().hosts()) {
      const { status, headers } = await ground().call(host, '/');
      expect(status, host).toBeLessThan(500);
      expect(headers['strict-transport-security'], host).toBe('max-age=31536000');
    }
  });

  test("/ip has the caller's address, also when the caller claims another one", async ({ skip }) => {
    const host = await hostOf(ground(), 'whoami', skip);
    const { caller } = ground();
    if (caller === undefined) skip("what forwards the port replaces the caller's address");
    const claims: Readonly<Record<string, string>>[] = [
      {},
      { 'x-forwarded-for': '203.0.113.66' },
      { 'x-real-ip': '203.0.113.66' },
      { forwarded: 'for=203.0.113.66' },
    ];
    for (const headers of claims) {
      const answer = await ground().call(host, '/ip', { headers });
      expect(JSON.parse(answer.body), JSON.stringify(headers)).toEqual({ ip: caller });
    }
  });

  test('what is written through the gateway is read back from the database', async ({ skip }) => {
    const host = await hostOf(ground(), 'items', skip);
    const name = `Item of ${new Date().toISOString()}`;
    expect(await ground().call(host, '/item', { body: { name } })).toMatchObject({ status: 201 });
    const { body } = await ground().call(host, '/item');
    expect(JSON.parse(body)).toMatchObject({ items: [{ name }] });
  });
}
