import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Answer } from '../../cli/smoke/ask.ts';
import { smoke, type SmokeOptions } from '../../cli/smoke/command.ts';
import { type Means, watch } from '../../cli/smoke/watch.ts';
import { Authority } from '../lab/pki.ts';
import { route } from '../plan/objects.ts';
import { FleetFolder } from './fleet-folder.ts';

const GOOD: Answer = { isGood: true, says: '200' };
const BAD: Answer = { isGood: false, says: '503' };

/** Means by which time passes only while somebody waits; the answers are by second. */
function played(answerAt: (second: number, host: string) => Answer): Means {
  let ms = 0;
  return {
    ask: (host) => Promise.resolve(answerAt(ms / 1000, host)),
    now: () => ms,
    pause: (time) => {
      ms += time;
      return Promise.resolve();
    },
  };
}

const PERIOD = { seconds: 60, patience: 20, interval: 5 };

describe('watching hosts', () => {
  it('asks until the time is over', async () => {
    expect(
      await watch(
        ['a', 'b'],
        PERIOD,
        played(() => GOOD),
      ),
    ).toEqual(['a', 'b'].map((host) => ({ host, answers: 13, bad: 0, away: 0, hasFailed: false })));
  });

  it('takes it if a host is away for less than the patience', async () => {
    const means = played((second) => (second >= 10 && second < 25 ? BAD : GOOD));
    expect(await watch(['a'], PERIOD, means)).toEqual([
      { host: 'a', answers: 13, bad: 3, away: 15, says: '503', hasFailed: false },
    ]);
  });

  it('ends at once when one has been away for too long, whatever others do', async () => {
    const means = played((second, host) => (host === 'b' && second >= 10 ? BAD : GOOD));
    const [a, b] = await watch(['a', 'b'], PERIOD, means);
    expect(a).toMatchObject({ answers: 7, hasFailed: false });
    expect(b).toMatchObject({ bad: 5, away: 20, says: '503', hasFailed: true });
  });

  it('gives a host that is away at the end the rest of its patience', async () => {
    const backAt = (end: number) => played((second) => (second >= 55 && second < end ? BAD : GOOD));
    expect(await watch(['a'], PERIOD, backAt(70))).toMatchObject([{ away: 15, hasFailed: false }]);
    expect(await watch(['a'], PERIOD, backAt(999))).toMatchObject([{ away: 20, hasFailed: true }]);
  });
});

describe('a server', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-smoke-'));
  const authority = new Authority(scratch);
  let server: Server;
  let hanging: Server;
  const portOf = (one: Server): number => (one.address() as AddressInfo).port;
  const listen = (one: Server) => new Promise<void>((resolve) => void one.listen(0, '127.0.0.1', resolve));
  const way = (one: Server) => ({ via: { address: '127.0.0.1', port: portOf(one) }, ca: authority.cert });

  beforeAll(async () => {
    server = createServer({ ...authority.serving('app.example.com') }, ({ headers }, res) => {
      res.statusCode = headers.host === 'app.example.com' ? 302 : 421;
      // A slow body is none of its business.
      res.flushHeaders();
    });
    hanging = createServer({ ...authority.serving('app.example.com') }, () => undefined);
    await Promise.all([listen(server), listen(hanging)]);
  });
  afterAll(() => {
    for (const one of [server, hanging]) {
      one.closeAllConnections();
      one.close();
    }
    rmSync(scratch, { recursive: true, force: true });
  });

  it('is asked by the name of the host, and a redirect is an answer', async () => {
    expect(await ask('app.example.com', way(server))).toEqual({ isGood: true, says: '302' });
  });

  it('must have a certificate for the name, of an authority that is trusted', async () => {
    expect(await ask('other.example.com', way(server))).toEqual({
      isGood: false,
      says: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const { via } = way(server);
    expect((await ask('app.example.com', { via })).isGood).toBe(false);
  });

  it('that is not there is no answer', async () => {
    const closed = createServer();
    await listen(closed);
    const port = portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    const via = { address: '127.0.0.1', port };
    expect(await ask('app.example.com', { via, ca: authority.cert })).toEqual({ isGood: false, says: 'ECONNREFUSED' });
  });

  it('that hangs is given up', async () => {
    expect(await ask('app.example.com', { ...way(hanging), timeout: 0.5 })).toEqual({
      isGood: false,
      says: 'no answer in 0.5 s',
    });
  });

  it('is asked by the command for the hosts in dist', async () => {
    const fleet = new FleetFolder();
    const write = (cluster: string, name: string, ...hostnames: string[]) => {
      const { metadata, ...rest } = route({ hostnames });
      fleet.write(`dist/${cluster}/app/HTTPRoute.${name}.yaml`, dump({ ...rest, metadata: { ...metadata, name } }));
      fleet.write(`dist/${cluster}/cluster.json`, '{}');
    };
    write('eu', 'app', 'app.example.com', '*.example.com');
    write('us', 'other', 'other.example.com');
    const options = { for: '0', patience: '0', via: `127.0.0.1:${portOf(server)}`, ca: authority.file };
    const run = (names: readonly string[], more: Partial<SmokeOptions> = {}) =>
      smoke(fleet, names, { ...options, ...more });
    expect(await run(['eu'])).toEqual({
      text: 'ok      app.example.com (eu, HTTPRoute app/app): 1 answer\n1 host: all answer',
      code: 0,
    });
    const both = await run([]);
    expect(both.code).toBe(2);
    expect(both.text.split('\n')).toEqual([
      'ok      app.example.com (eu, HTTPRoute app/app): 1 answer',
      'FAILED  other.example.com (us, HTTPRoute app/other): no good answer for 0 s, last ERR_TLS_CERT_ALTNAME_INVALID',
      '2 hosts: 1 failed',
    ]);
    await expect(run(['uk'])).rejects.toThrow('dist has no cluster "uk"');
    await expect(run([], { for: 'long' })).rejects.toThrow('--for is no duration');
    await expect(run([], { via: 'http://x/y' })).rejects.toThrow('--via is no address');
    await expect(run([], { ca: join(scratch, 'none') })).rejects.toThrow('the authority cannot be read');
    fleet.remove();
  });
});
